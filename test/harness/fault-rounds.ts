// How often a proof kills something: a small number in every test run, the full number with HOLDFAST_FAULTS=full (`npm run faults`).

const fullRounds = 10;

export function faultRounds({ ordinarily }: { ordinarily: number }): number {
  return isFullSize() ? fullRounds : ordinarily;
}

export function isFullSize(): boolean {
  return process.env['HOLDFAST_FAULTS'] === 'full';
}
