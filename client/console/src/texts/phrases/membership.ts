// Phrases of membership: parties, keys, nodes and votes.

import type { Phrases } from ".";

export const membership: Phrases = [
  // Parties and keys.
  ["a party that is new", "尚未加入的当事方"],
  ["a party whose nodes follow; propose this, to be voted on", "其节点仅跟随的当事方；此事须提案表决"],
  ["an enterprise", "企业"],
  ["one or more roles, none of them customs: customs offices are founders", "一个或多个角色，不含海关：海关均为创始方"],
  ["1 to {} keys", "1 至 {} 把密钥"],
  ["an Ed25519 key that is not of small order", "非小阶的 Ed25519 密钥"],
  ["the new key's own signature over its proof", "新密钥对其证明的签名"],
  ["another valid key; register it with rotate_key first", "另一把有效密钥；请先用 rotate_key 登记"],
  ["a key that was never registered", "从未登记过的密钥"],
  ["a key for one purpose only", "一把密钥仅用于一个用途"],
  // Nodes and voting power.
  ["0 or more", "0 或以上"],
  ["1 or more for a node that votes", "有表决权的节点为 1 或以上"],
  ["power 0 and no proof, or a validator_key: a node that follows has none", "权重为 0 且无证明，或提供 validator_key：跟随节点两者皆无"],
  ["power 0 and no validator_key: a node that follows", "权重为 0 且无 validator_key 的跟随节点"],
  ["the validator key's own signature over its proof for this party", "验证密钥对该当事方证明的签名"],
  ["power {}", "权重 {}"],
  ["a node of power {}", "权重为 {} 的节点"],
  ["another node, key or power", "不同的节点、密钥或权重"],
  ["keys that no other node uses", "其他节点未使用的密钥"],
  ["the network key of a node of this party", "该当事方某一节点的网络密钥"],
  ["a validator set that can still agree", "仍能达成共识的验证者集合"],
  ["{} of {}", "{}（共 {}）"],
  ["no quorum of customs offices alone", "海关各方不得单独构成法定多数"],
  ["{} that stays as it is, of {} before and {} after", "保持不变的权重 {}，变更前共 {}，变更后共 {}"],
  ["at least {}, more than two thirds of both; change less at once", "至少 {}，即超过前后各三分之二；请分次变更"],
  ["less than a third of the voting power suspended", "暂停的表决权重少于三分之一"],
  // The set of validators as a whole.
  ["{} validators, expected 1 to {}", "{} 个验证者，应为 1 至 {}"],
  ["the key {} stands in the set twice", "密钥 {} 在集合中出现两次"],
  ["{} is not a key that can verify", "{} 不是可用于核验的密钥"],
  ["the power {} of {} does not fit", "{}（{} 的权重）超出范围"],
  // Parameters, rules, proposals.
  ["a parameter of this network; the version of the rules has a change of its own, set_rules", "本网络的参数；规则版本另由 set_rules 变更"],
  ["the present values", "现有取值"],
  ["another value", "不同的取值"],
  ["{}: the rules go up one version at a time", "{}，规则每次只升一个版本"],
  ["a name that is new", "未使用过的名称"],
  ["a party that has not approved yet", "尚未同意的当事方"],
  ["less than {}; propose what undoes it", "少于 {}；请另提案予以撤销"],
  ["a party whose node votes", "其节点有表决权的当事方"],
  ["{} to {}", "{} 至 {}"],
  ["{}, at which {} takes effect", "{}，该高度已定由 {} 生效"],
  ["a height of its own", "未被占用的高度"],
  ["fewer than {} open; withdraw one", "未结提案少于 {} 个；请先撤回一个"],
  ["a proposal that was made", "已提出的提案"],
];
