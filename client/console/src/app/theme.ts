// The looks: calm, dense, the same figures under each other.

import type { ThemeConfig } from "antd";

const FONT =
  "'Noto Sans', 'Noto Sans CJK SC', 'Noto Sans SC', -apple-system, 'Segoe UI', 'PingFang SC', 'Microsoft YaHei', sans-serif";

export const theme: ThemeConfig = {
  token: {
    colorPrimary: "#0d5263",
    colorLink: "#0b5f78",
    colorLinkHover: "#0d7a99",
    colorSuccess: "#1b6e3c",
    colorError: "#b3261e",
    colorWarning: "#8a5300",
    colorSuccessBg: "#e8f3ec",
    colorErrorBg: "#fbeceb",
    colorErrorBorder: "#e8bab7",
    colorWarningBg: "#fcf3e2",
    colorWarningBorder: "#ecd3a4",
    colorInfo: "#0b5f78",
    colorInfoBg: "#e6f1f4",
    colorInfoBorder: "#b9d6de",
    controlItemBgActive: "#e3eef1",
    controlItemBgActiveHover: "#d8e7eb",
    colorText: "#17252b",
    colorTextSecondary: "#46575e",
    colorTextTertiary: "#56666d",
    colorTextDescription: "#56666d",
    colorTextPlaceholder: "#65757c",
    colorBorderSecondary: "#e1e7ea",
    borderRadius: 4,
    fontFamily: FONT,
    fontSize: 14,
    motion: false,
  },
  components: {
    Table: {
      cellPaddingBlockSM: 5,
      cellPaddingInlineSM: 10,
      headerBg: "#f1f5f6",
      headerColor: "#3d4e55",
      headerSplitColor: "transparent",
    },
    Menu: { itemSelectedBg: "#e3eef1", itemSelectedColor: "#0a4555", itemHeight: 36 },
    Segmented: { itemSelectedBg: "#ffffff" },
    Tag: { defaultBg: "#eef2f3" },
  },
};

/** The same colours for charts. */
export const palette = {
  main: "#0d5263",
  soft: "#7fb0bd",
  warm: "#c07a1c",
  bad: "#b3261e",
  line: "#e1e7ea",
  text: "#46575e",
};
