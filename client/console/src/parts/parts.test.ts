// What the parts work out by themselves.

import { expect, test } from "vitest";

import { wait } from "../api/live";
import type { Bill, By, Happening } from "../api/types";
import { balance, type Application } from "./balance";
import { compare } from "./compare";
import { checkDigit, read } from "./container";
import { differ } from "./diff";
import { heightAt } from "./as-of";
import { alertInChinese, factInChinese, inBoth, reasonInBoth, refusalInChinese } from "./facts";
import { day, milli, moment, money, moneyShort, span, tonnes, utc } from "./format";
import { quorum, spared } from "./quorum";
import { sample } from "./sample";
import { facts, lanes, story } from "./story";

test("container numbers are read as they are typed and scanned", () => {
  for (const no of ["CSQU3054383", "EMCU5205000", "CBHU6192031", "TGHU7005110"]) {
    expect(read(no)).toEqual({ is: "good", no });
  }
  expect(read(" csqu 305438-3 ")).toEqual({ is: "good", no: "CSQU3054383" });
  expect(read("TESI1120274").is).toBe("badForm");
  expect(read("CSQU3054384")).toEqual({ is: "badCheck", no: "CSQU3054384", digit: 3 });
  expect(read("CSQU30543").is).toBe("badForm");
  // Remainder 10 is written as 0.
  expect(checkDigit("TGHU700511")).toBe(0);
});

test("times are Shanghai's, with UTC beside them", () => {
  const at = Date.UTC(2026, 10, 28, 17, 20, 55, 204);
  expect(moment(at)).toBe("2026-11-29 01:20:55");
  expect(day(at)).toBe("2026-11-29");
  expect(utc(at)).toBe("2026-11-28 17:20:55.204 UTC");
});

test("spans are said in their largest unit", () => {
  expect(span(999)).toEqual({ unit: "ms", n: 999 });
  expect(span(-61_000)).toEqual({ unit: "s", n: 61 });
  expect(span(3_600_000)).toEqual({ unit: "min", n: 60 });
  expect(span(172_800_000)).toEqual({ unit: "d", n: 2 });
});

test("figures are exact", () => {
  expect(money(4_866_000_001)).toBe("48,660,000.01");
  expect(money(-5)).toBe("−0.05");
  expect(moneyShort(4_866_000_000, "en")).toBe("48.66");
  expect(moneyShort(4_866_000_000, "zh")).toBe("4,866");
  expect(tonnes(1_198_600)).toBe("1,198.600");
  expect(milli(800_000)).toBe("800");
});

test("the differing digits are found, and nothing where nothing differs", () => {
  const [a, b] = differ("SH-880117", "SH-880171");
  expect(a).toEqual([{ text: "SH-8801", differs: false }, { text: "17", differs: true }]);
  expect(b.at(-1)).toEqual({ text: "71", differs: true });
  expect(differ("same", "same")[0]).toEqual([{ text: "same", differs: false }]);
  expect(differ("", "x")).toEqual([[], [{ text: "x", differs: true }]]);
});

const by = (party: string): By => ({ party, at: 5, entry: "e" });

test("statements are compared with the first that speaks of the fact", () => {
  const manifest = { by: by("agent"), customs_code: "5150", location: "x", conveyance: { conveyance_id: "UN1", name: "S", voyage: "1" }, packages: 20, gross_g: 1000 };
  const bill: Bill = {
    flow: "export",
    standing: "open",
    boxes: { A: { size_type: "22G1", marks: ["river", "hub", "tallied"] }, B: { size_type: "22G1", marks: ["river", "hub"] } },
    packages_tallied: 10,
    holds: [],
    river: manifest,
    hub: manifest,
    tallied: by("tally"),
  };
  const rows = compare(bill);
  expect(rows.find((row) => row.fact === "rowBoxes")?.differ).toEqual(["tally"]);
  expect(rows.find((row) => row.fact === "rowPackages")?.differ).toEqual(["tally"]);
  expect(rows.find((row) => row.fact === "rowGross")?.differ).toEqual([]);
});

test("oil is accounted for to the kilogram, and disputed oil is not", () => {
  const of = {
    vouchers: { O: { kind: "outbound", qty_kg: 1_200_000 }, R: { kind: "return", qty_kg: 900 }, L: { kind: "loss", qty_kg: 500 } },
    deliveries: { A: { qty_kg: 700_000, stage: "declared" }, B: { qty_kg: 498_600, stage: "settled" } },
  } as unknown as Application;
  expect(balance(of).openKg).toBe(0);
  const disputed = { ...of, deliveries: { ...of.deliveries, B: { qty_kg: 498_600, stage: "disputed" } } };
  expect(balance(disputed).openKg).toBe(498_600);
});

test("a quorum is more than two thirds", () => {
  expect([1, 2, 3, 4, 6, 7].map(quorum)).toEqual([1, 2, 3, 3, 5, 5]);
  expect(spared(4, 0)).toBe(1);
  expect(spared(4, 1)).toBe(0);
  expect(spared(4, 2)).toBe(0);
});

const happening = (height: number, entry: string | null, event: Happening["event"], party?: string): Happening => ({
  height,
  family: "combined_port",
  subject: "box:A",
  cause: entry ? "entry" : "clock",
  entry,
  event,
  ...(party ? { party, time: height * 1000 } : {}),
});

test("what one entry did stands together, in its signer's lane", () => {
  const moments = story([
    [happening(9, "b", { event: "discharged" }, "hub"), happening(9, "b", { event: "held" }, "hub")],
    [happening(8, "a", { event: "gated_in" }, "river"), happening(10, null, { event: "overdue" })],
  ]);
  expect(moments.map((moment) => [moment.party, moment.events.length])).toEqual([["river", 1], ["hub", 2], [null, 1]]);
  expect(lanes(moments)).toEqual(["river", "hub"]);
});

test("a lane shows what is short, and no digests", () => {
  const found = facts({ event: "loaded_barge", by: by("x"), seals: ["SH-1"], entry: "0".repeat(64), vgm_kg: 22_100, cites: ["f".repeat(64)] });
  expect(found).toEqual([{ name: "seals", value: "SH-1" }, { name: "vgm_kg", value: 22_100 }, { name: "cites", value: 1 }]);
});

test("of a long past both ends are asked for", () => {
  const heights = Array.from({ length: 500 }, (_, i) => i + 3);
  const chosen = sample(heights, 24);
  expect([chosen.length, chosen[0], chosen.at(-1)]).toEqual([24, 3, 502]);
  expect(sample([5, 5, 2], 24)).toEqual([2, 5]);
});

test("a broken line is tried again ever more seldom, and never too seldom", () => {
  expect([0, 1, 2, 10].map(wait)).toEqual([500, 1000, 2000, 15_000]);
});

test("what other families, the node and the verifier say is said in Chinese too", () => {
  const rows: [string, string][] = [
    ["at most 134000000 (1340000.00 CNY), the headroom that is left", "至多 134000000（1340000.00 CNY），即剩余额度"],
    ["overdue, 10.00 CNY on 515020260000900012", "逾期、10.00 CNY，对应 515020260000900012"],
    ["active or suspended", "有效 或 暂停"],
    ["T-01: dip 10.000 t, book 12.000 t", "T-01：实测 10.000 t，账面 12.000 t"],
    ["91440101MA7DEM059P: supplier, warehouse", "91440101MA7DEM059P：供油企业、保税仓库"],
    ["one of: advanced, registered, discredited", "下列之一：高级认证企业、注册登记企业、失信企业"],
    ["250 CTN of item 1", "250 CTN，第 1 项"],
    ["missing: ; not listed: 344000000000113", "清单外：344000000000113"],
    ["{yy}, {district}, {registration} or {serial:N}, N from 1 to 9", "{yy}、{district}、{registration} 或 {serial:N}，N 为 1 至 9"],
    ["3 that stays as it is, of 4 before and 4 after", "保持不变的权重 3，变更前共 4，变更后共 4"],
    ["no entry 00ff that is final", "没有已最终确认的报文 00ff"],
    [
      "the token is not good: the signing key was revoked or replaced: kid is 00ff, expected a valid key; the party that signed can put it right",
      "令牌无效：签名密钥已吊销或更换：kid 为 00ff，应为 有效密钥；由签署方更正",
    ],
    ["the passphrase does not open this key", "口令不正确，无法打开此密钥"],
    ["receipt is malformed at byte 7: the bytes end here", "receipt 在第 7 字节处格式错误：数据到此中断"],
  ];
  for (const [en, zh] of rows) expect(inBoth(en)).toEqual({ en, zh });
});

test("an alert names fields and figures in Chinese", () => {
  expect(alertInChinese("舱单传输晚于装载前规定时限：manifest 为 4340 ms before loading")).toBe("舱单传输晚于装载前规定时限：舱单 为 装船前 4340 毫秒");
  expect(alertInChinese("bill:X 已扣留（第1号）：件数不一致：containers，A 称 3, alone with C，B 称 2；仅 5150 关区可凭证据解除")).toBe(
    "bill:X 已扣留（第1号）：件数不一致：箱，A 称 3，仅此方列有 C，B 称 2；仅 5150 关区可凭证据解除",
  );
  expect(alertInChinese("受油船逾期未陈述数量")).toBe("受油船逾期未陈述数量");
});

test("a rule that a trade file would break is quoted in Chinese", () => {
  const found = "Stowage stowage: 12 (BBBRRTT: bay, row, tier in seven digits)";
  const reason = { code: "rules_refuse", at: { line: 1, segment: 1, offset: 0 }, found, expected: "", en: "", zh: `账本规则将拒绝：${found}` };
  expect(reasonInBoth(reason).zh).toBe("账本规则将拒绝：贝位 为 12，应为 BBBRRTT：贝、排、层共七位数字");
  expect(reasonInBoth({ ...reason, found: "cut", zh: "账本规则将拒绝：cut" }).zh).toBe("账本规则将拒绝：cut");
});

test("what a rule found and expected is said in Chinese, numbers and names as they are", () => {
  expect(factInChinese("yard CNSUD/5150")).toBe("堆场 CNSUD/5150");
  expect(factInChinese("outside, before it comes in at CNSUD/5150")).toBe("在港外，方可进入 CNSUD/5150");
  expect(factInChinese("at most 3 a year")).toBe("每年至多 3");
  expect(factInChinese("CBHU7022929 in yard CNSUD/5150")).toBe("CBHU7022929 在 堆场 CNSUD/5150");
  expect(factInChinese("SH-880117")).toBe("SH-880117");
  const refusal = {
    zh: "同一集装箱不能同时在两处：place 为 yard $&，应为 none；由签署方更正", field: "place", found: "yard $&", expected: "none",
  };
  expect(refusalInChinese(refusal)).toBe("同一集装箱不能同时在两处：地点 为 堆场 $&，应为 无；由签署方更正");
});

test("the height of a moment is the last one of which the time had come", async () => {
  const at = (height: number) => Promise.resolve(height < 3 ? undefined : height * 10);
  expect(await heightAt(55, 100, at)).toBe(5);
  expect(await heightAt(60, 100, at)).toBe(6);
  expect(await heightAt(9_999, 100, at)).toBe(100);
  expect(await heightAt(1, 1, at)).toBe(1);
});
