/** How a check says no. It is thrown inside of this package only, and never leaves it. */

import type { StepId } from './report.js';

export class Refused extends Error {
  /** The step that failed. */
  readonly step: StepId;
  /** The way in which it failed, one word, where a step can fail in several. */
  readonly fault: string | undefined;

  constructor(step: StepId, why: string, fault?: string) {
    super(why);
    this.step = step;
    this.fault = fault;
  }
}

/** Bytes that are not the one encoding of what they should be. `at` is counted from their start. */
export function malformed(what: string, why: string, at = 0): Refused {
  return new Refused('form', `${what} is malformed at byte ${at}: ${why}`);
}
