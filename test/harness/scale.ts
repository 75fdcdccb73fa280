// How large a test of many things at once is: 1 in every run, more for a full proof (HOLDFAST_TEST_SCALE=5).
export function testScale(): number {
  return Number(process.env['HOLDFAST_TEST_SCALE'] ?? 1);
}
