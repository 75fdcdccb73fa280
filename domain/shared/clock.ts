// The clock as a dependency: whoever decides by time is given one.
export interface Clock {
  nowMs(): number;
}
