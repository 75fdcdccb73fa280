// How summaries are written in this installation, as far as whoever answers readers has to know it.

export interface ModelSetting {
  /** Which model is asked. */
  readonly model: string;
  /** What readers get when it fails, hangs or lies twice. */
  readonly fallback: 'null' | 'extractive';
}
