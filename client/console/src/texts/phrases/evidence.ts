// Phrases of evidence.

import type { Phrases } from ".";

export const evidence: Phrases = [
  ["the SHA-256 of a file that was anchored", "已锚定文件的 SHA-256"],
  ["a subject of this ledger, with its family", "本账本的对象，连同其业务类别"],
  ["{}, which anchored it", "锚定方 {}"],
  ["{}, which anchored it, or customs", "锚定方 {}，或海关"],
  ["a file that somebody keeps as evidence", "有人作为证据保管的文件"],
  ["entry {}, cited {} times", "报文 {}，已被引用 {} 次"],
  ["a file whose entry nobody has cited", "其报文未被引用的文件"],
  ["a time after {}", "晚于 {} 的时间"],
  ["a SHA-256, 64 hexadecimal digits in lower case", "SHA-256，64 位小写十六进制"],
  ["FAMILY/SUBJECT, as combined_port/box:CBHU7022929", "类别/对象，例如 combined_port/box:CBHU7022929"],
  ["a media type in lower case, as image/jpeg", "小写媒体类型，例如 image/jpeg"],
  ["{}, of which every file was withdrawn", "{}，其全部文件均已撤回"],
  ["an entry that still stands", "仍然有效的报文"],
  ["{}, the entry that anchored this file", "{}，即锚定此文件的报文"],
  ["the id of an accepted entry that anchored a file; countersign evidence add FILE makes one", "已接受的锚定报文编号；可用 countersign evidence add 文件 生成"],
  ["the id of a party of this network, or a role as customs or wharf", "本网络当事方编号，或角色（如海关、码头）"],
  ["anchored by {} in entry {}", "已由 {} 在报文 {} 中锚定"],
  ["a file that is not anchored; cite that entry, or have it linked", "未锚定的文件；请引用该报文，或请求关联"],
  ["{} segments of {}", "{} 段，共 {}"],
  ["{} segments of {}, as begun", "{} 段，共 {}，与起始一致"],
  ["{}, anchored as {}", "{}，已锚定为 {}"],
  ["a number that no segment of the whole has", "未被任何段使用的序号"],
  ["{} or later, {} days from now", "{} 或更晚，即今后 {} 日"],
  ["a subject that it is not linked to", "尚未关联的对象"],
  ["fewer than {} subjects so far", "已关联对象少于 {} 个"],
];
