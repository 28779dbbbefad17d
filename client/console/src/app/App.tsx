// What stands around every page: the kept documents, the looks, the language, the address.

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { App as AntApp, ConfigProvider } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import { useEffect } from "react";
import { Router } from "wouter";

import { useTexts } from "../texts/use";
import { LiveLine } from "./live";
import { Shell } from "./Shell";
import { onToken } from "./session";
import { theme } from "./theme";

const client = new QueryClient({ defaultOptions: { queries: { refetchOnWindowFocus: false, networkMode: "always" } } });

export function App() {
  const { language } = useTexts();
  // Who signs in or out sees other things.
  useEffect(() => onToken(() => void client.resetQueries()), []);
  return (
    <QueryClientProvider client={client}>
      <ConfigProvider
        locale={language === "zh" ? zhCN : enUS}
        theme={theme}
        componentSize="middle"
        button={{ autoInsertSpace: false }}
      >
        <Router base="/console">
          <LiveLine>
            <AntApp className="app">
              <Shell />
            </AntApp>
          </LiveLine>
        </Router>
      </ConfigProvider>
    </QueryClientProvider>
  );
}
