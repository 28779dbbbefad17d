// Who asks, and how much comes back: a guarded node, long boards.

import assert from "node:assert/strict";

import { Guarded } from "./guarded.mjs";
import { missing, User } from "./user.mjs";

export const AT_THE_DOOR = {
  "a node that asks who calls": async (browser, network) => {
    const node = await Guarded.start(network.binary);
    try {
      const stranger = await User.at(browser, node, { language: "zh" });
      await stranger.page.goto(`${node.url}/console/`);
      const window = stranger.page.getByRole("dialog");
      // It asks in words for a key or a token, and says what is open to everybody.
      await window.getByText("本节点仅应答各参与方").waitFor();
      await window.getByRole("link", { name: "证书核验" }).waitFor();
      await stranger.page.locator("[data-line=closed]").waitFor();
      await stranger.sees("此内容仅供各参与方查看");
      await stranger.fits("a stranger before a guarded node");
      await window.getByText("令牌", { exact: true }).click();
      const token = window.getByRole("textbox", { name: "令牌" });
      const enter = window.getByRole("button", { name: "登录" });
      await token.fill("nonsense");
      await enter.click();
      await window.getByText("令牌无效").first().waitFor();
      await token.fill(await node.token("shunde-wharf"));
      await enter.click();
      await stranger.page.locator("[data-line=live]").waitFor();
      await stranger.sees("卡口看板");
      await stranger.goto("/network");
      await stranger.sees("顺德内河码头");
      // The token is the tab's alone.
      await stranger.page.getByRole("button", { name: "退出" }).click();
      await stranger.page.locator("[data-line=closed]").waitFor();
      await stranger.leave((fault) => fault.includes("401"));
    } finally {
      await node.stop();
    }
  },

  "long boards are written out page by page": async (browser, network) => {
    const reader = await User.at(browser, network, {});
    const id = (n) => n.toString(16).padStart(64, "0");
    const said = (n, value) => ({ party: "GACC5150", entry: id(n), value });
    const hold = (n) => ({
      subject: `bill:LONG${n}`, kind: "packages_mismatch", field: "packages", en: "they differ", zh: "不一致",
      statements: [said(n, "200"), said(n + 1, "210")], parties: ["GACC5150"], since: Date.now(), deadline: null,
    });
    await reader.context.route("**/v1/alerts?*", (route) =>
      route.fulfill({ json: { items: Array.from({ length: 200 }, (_, n) => hold(n)), next: "more" } }),
    );
    await reader.goto("/customs");
    await reader.sees("200+ open", "LONG9");
    assert.equal(await reader.page.locator("[data-hold]").count(), 10);
    await reader.page.getByTitle("20", { exact: true }).click();
    await reader.sees("LONG199");
    assert.equal(await reader.page.locator("[data-hold]").count(), 10);
    await reader.context.route("**/v1/batches/20", async (route) => {
      const batch = await (await route.fetch()).json();
      const entries = Array.from({ length: 5000 }, (_, n) => ({ ...batch.entries[0], id: id(n) }));
      const happenings = entries.map(({ id }) => ({ ...batch.happenings[0], entry: id }));
      await route.fulfill({ json: { ...batch, entries, happenings } });
    });
    await reader.goto("/batches/20");
    await reader.sees("4900 more");
    assert.ok((await reader.page.locator("main tbody tr").count()) < 150);
    await reader.leave(missing);
  },
};
