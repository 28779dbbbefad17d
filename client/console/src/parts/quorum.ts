// How many of a network's equal validators must agree, and how many may fail.

/** More than two thirds. */
export function quorum(all: number): number {
  return Math.floor((all * 2) / 3) + 1;
}

/** How many more may fail while a quorum stays. */
export function spared(all: number, missing: number): number {
  return Math.max(0, all - missing - quorum(all));
}
