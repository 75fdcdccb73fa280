// One entry on its way to many: each form of it is made once, whoever asks first.
import type { LiveEntry } from '../../db/journal/read-live.ts';

export class News {
  readonly entry: LiveEntry;
  readonly #cursorAt: (seq: number) => string;
  readonly #forms = new Map<object, unknown>();

  constructor(entry: LiveEntry, cursorAt: (seq: number) => string) {
    this.entry = entry;
    this.#cursorAt = cursorAt;
  }

  get seq(): number {
    return this.entry.seq;
  }

  /** The place right after this entry; not narrowed, so it serves on every door. */
  get cursor(): string {
    return this.once(cursorForm, () => this.#cursorAt(this.entry.seq));
  }

  /** `form` is the function itself or whatever stands for it: one object for each form. */
  once<T>(form: object, make: (news: News) => T): T {
    const known = this.#forms.get(form);
    if (known !== undefined) return known as T;
    const made = make(this);
    this.#forms.set(form, made);
    return made;
  }
}

const cursorForm = {};
