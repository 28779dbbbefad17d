// Which heights of a long past are asked for.

/** Evenly chosen, the first and the last among them. */
export function sample(heights: number[], most: number): number[] {
  const all = [...new Set(heights)].sort((a, b) => a - b);
  if (all.length <= most) return all;
  const step = (all.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, i) => all[Math.round(i * step)] as number);
}
