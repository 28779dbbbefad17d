// Phrases of guarantees.

import type { Phrases } from ".";

export const guarantee: Phrases = [
  // The line.
  ["a guarantee that registered-place customs has filed", "注册地海关已备案的担保"],
  ["as filed with {}", "与担保备案 {} 同时登记"],
  ["a party of this network in the role of guarantor", "本网络中角色为担保人的当事方"],
  ["{}, with {}", "{}，担保方式为 {}"],
  ["cash, or a better grade", "保证金，或更高的信用等级"],
  ["{}, as filed", "{}，与备案一致"],
  ["at least {} ({}), what is used", "至少 {}（{}），即已占用额度"],
  ["another limit or another end of the term", "不同的额度或不同的到期日"],
  ["the same", "未变"],
  ["{} live drawdowns, {}", "{} 笔未结核扣，{}"],
  ["another grade", "不同的信用等级"],
  ["after valid_from, {}", "晚于生效日 {}"],
  ["none, with cash", "保证金方式下应为空"],
  ["{}, a declarant named by the line, or customs {}", "{}、担保备案所列申报人，或海关 {}"],
  ["at most {}, the end of the term", "至多 {}，即担保到期日"],
  ["at most {} ({}), the headroom that is left", "至多 {}（{}），即剩余额度"],
  ["a district of: {}", "下列直属海关的关区：{}"],
  ["{} on {}", "{}，对应 {}"],
  // Drawdowns.
  ["a declaration without a drawdown", "尚无核扣的报关单"],
  ["reserved; for customs also drawn, with nothing paid", "预占；由海关办理时亦可为已核扣且未缴款"],
  ["the release of its bill, which draws", "其提运单的放行，放行即核扣"],
  ["a declaration on this ledger", "本账本上的报关单"],
  ["a declaration with a reservation", "已预占额度的报关单"],
  ["reserved, drawn, adjusted or overdue", "预占、已核扣、已调整或逾期"],
  ["another amount or another due day", "不同的金额或不同的缴款期限"],
  ["at least {}, what is paid", "至少 {}，即已缴金额"],
  // Payments and claims.
  ["drawn, adjusted or overdue", "已核扣、已调整或逾期"],
  ["at most {} ({}), what is open", "至多 {}（{}），即未缴金额"],
  ["{}, of {} days", "{}，共 {} 日"],
  ["more than {}, the end of the due day", "晚于 {}，即缴款期限届满"],
  ["{} ({}), {} days after the due day", "{}（{}），缴款期限后 {} 日"],
  ["{} or a beneficiary", "{} 或受益海关"],
  ["a claim that is open", "未结的索赔"],
  ["{} ({}), principal and late fee", "{}（{}），含税款与滞纳金"],
  // What a declaration rests on.
  ["no live drawdown of {} on {}", "{} 在 {} 项下无未结核扣"],
  ["the filing number on which this declaration has a reservation", "该报关单已预占额度的担保备案编号"],
  ["a declaration in two steps", "两步申报的报关单"],
  ["drawdown {} is listed and is not live on the line", "已列核扣 {} 在担保备案上并非未结"],
  ["in one step", "一步申报"],
  ["{}, {} fen paid", "{}，已缴 {} 分"],
  ["a drawdown of which nothing is claimed or paid", "未索赔亦未缴款的核扣"],
];
