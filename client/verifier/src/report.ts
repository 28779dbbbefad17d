/** What a check says: the named steps in order, and what was proven or why not. */

import { Refused } from './refused.js';

/** The steps of all checks, in English and in Chinese: the same words as `countersign verify`. */
const STEPS = {
  form: ['well-formed', '格式正确'],
  founding: ['founding document', '创始文件'],
  membership: ['validator set of that height', '该高度的验证人集合'],
  quorum: ['more than two thirds signed', '超过三分之二验证人签名'],
  signature: ['signed by the party', '当事方签名'],
  inclusion: ['included in the log', '已列入日志'],
  state: ['place in the state tree', '状态树中的位置'],
  listing: ['every live drawdown is listed, and nothing else', '未结核扣逐笔列明，无遗漏无增添'],
  question: ['what was asked about', '所查询的对象与高度'],
} as const;

export type StepId = keyof typeof STEPS;

/** What kind of file was checked. */
export type Kind = 'receipt' | 'state-proof' | 'state-code' | 'line-statement' | 'statement';

export interface Step {
  id: StepId;
  ok: boolean;
  en: string;
  zh: string;
  /** Why it failed, in English. */
  detail?: string;
}

/** Steps that passed, and what they prove. */
export interface Passed<K extends Kind, F> {
  ok: true;
  kind: K;
  steps: Step[];
  facts: F;
}

/** Steps that passed, and last the one that failed. Those after it were not tried. */
export interface Failed<K extends Kind> {
  ok: false;
  kind: K;
  steps: Step[];
  failed: StepId;
  /** In English. */
  why: string;
  /** One word for the way in which it failed, where the step can fail in several. */
  fault?: string;
}

/** Collects the steps of a check as they pass. */
export class Passing {
  readonly ids: StepId[] = [];

  pass(...ids: StepId[]): void {
    this.ids.push(...ids);
  }
}

function step(id: StepId, detail?: string): Step {
  const [en, zh] = STEPS[id];
  return detail === undefined ? { id, ok: true, en, zh } : { id, ok: false, en, zh, detail };
}

/** Runs a check. What refuses becomes the report; any other error is a fault of ours and goes on. */
export function report<K extends Kind, F>(kind: K, check: (steps: Passing) => F): Passed<K, F> | Failed<K> {
  const passing = new Passing();
  try {
    const facts = check(passing);
    return { ok: true, kind, steps: passing.ids.map((id) => step(id)), facts };
  } catch (e) {
    if (!(e instanceof Refused)) throw e;
    const { step: failed, message: why, fault } = e;
    // The form of what is inside comes to light late: then that step did not pass after all.
    const passed = passing.ids.filter((id) => id !== failed).map((id) => step(id));
    return { ok: false, kind, steps: [...passed, step(failed, why)], failed, why, ...(fault === undefined ? {} : { fault }) };
  }
}
