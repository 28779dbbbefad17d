// The files that a wharf's own system would send, written for these tests.

/** A moment as EDIFACT's format 203 in Shanghai: CCYYMMDDHHMM. */
function stamp(at) {
  const local = new Date(at + 8 * 3_600_000).toISOString();
  return local.slice(0, 16).replace(/[-T:]/g, "");
}

/** A CODECO gate-in report (D.95B) of full boxes; of each its number and, where it has one, its seal. */
export function gateIn(bill, boxes, at = Date.now()) {
  const time = stamp(at);
  const message = [
    "UNH+1+CODECO:D:95B:UN:ITG13",
    "BGM+34+GI269001+9",
    "TDT+20+049E+1++PRA:172:20+++9912347:146::PEARL STAR",
    "NAD+CF+PRA:160:20",
    ...boxes.flatMap(({ no, seal }) => [
      `EQD+CN+${no}+22G1:102:5++2+5`,
      ...(bill ? [`RFF+BM:${bill}`] : []),
      `DTM+7:${time}:203`,
      "LOC+165+CNSUD:139:6+SDW:TER:ZZZ",
      "MEA+AAE+G+KGM:18250",
      ...(seal ? [`SEL+${seal}+SH`] : []),
      "TDT+1++3++SDT:172:20+++YUEX12345:146",
    ]),
    `CNT+16:${boxes.length}`,
  ];
  message.push(`UNT+${message.length + 1}+1`);
  const segments = [`UNB+UNOA:2+SDWHARF+COUNTERSIGN+${time.slice(2, 8)}:${time.slice(8)}+1`, ...message, "UNZ+1+1"];
  return segments.map((segment) => `${segment}'\n`).join("");
}
