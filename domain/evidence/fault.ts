// What can be wrong with a log, and the sentence that says so.

export type FaultKind =
  | 'content' // the facts were changed after they were hashed
  | 'leaf' // the stored leaf was changed
  | 'link' // the stored link was changed
  | 'replaced' // facts, leaf and link do not fit one another in any way
  | 'removed'
  | 'inserted'
  | 'swapped'
  | 'misplaced' // whole in itself, but never linked to what stands before it
  | 'truncated'
  | 'head' // the log's own head does not fit its last entry
  | 'checkpoint' // the checkpoint cannot be read, is out of its order, or of another log
  | 'signature'
  | 'history'; // every entry fits the one before it, but not what a checkpoint once signed: the chain was written anew

export interface Fault {
  readonly kind: FaultKind;
  /** The first seq that is not, or may not be, what it was. */
  readonly seq: number;
  readonly reason: string;
}
