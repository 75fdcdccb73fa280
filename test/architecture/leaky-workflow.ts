// A workflow that lets the ORM's core in by one value import, as a control: the bundler takes it without a word.
import { defineEntity, p } from '@mikro-orm/core';

export function leaky(): Promise<string> {
  return Promise.resolve(defineEntity({ name: 'leaky', properties: { id: p.string().primary() } }).name);
}
