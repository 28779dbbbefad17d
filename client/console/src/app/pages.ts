// Every page: its address, its place in the menu. Pages are loaded when they are first opened.

import {
  AuditOutlined,
  BankOutlined,
  ClusterOutlined,
  DashboardOutlined,
  DeploymentUnitOutlined,
  FileProtectOutlined,
  ImportOutlined,
  SafetyCertificateOutlined,
  SwapOutlined,
} from "@ant-design/icons";
import { type ComponentType, lazy } from "react";

import type { Key } from "../texts";
import { Wharf } from "../pages/Wharf";

type Page = ComponentType<Record<string, string>>;

function page<Name extends string>(load: () => Promise<Record<Name, ComponentType<never>>>, name: Name): Page {
  return lazy(async () => ({ default: (await load())[name] as unknown as Page }));
}

const Customs = page(() => import("../pages/Customs"), "Customs");
const Transfers = page(() => import("../pages/Transfers"), "Transfers");
const Transfer = page(() => import("../pages/Transfer"), "Transfer");
const Box = page(() => import("../pages/Box"), "Box");
const Guarantors = page(() => import("../pages/Guarantors"), "Guarantors");
const Guarantor = page(() => import("../pages/Guarantor"), "Guarantor");
const Accounts = page(() => import("../pages/Oil"), "Accounts");
const Account = page(() => import("../pages/Oil"), "Account");
const Certificates = page(() => import("../pages/Certificates"), "Certificates");
const Certificate = page(() => import("../pages/Certificate"), "Certificate");
const Network = page(() => import("../pages/Network"), "Network");
const Batch = page(() => import("../pages/Batch"), "Batch");
const Entry = page(() => import("../pages/Entry"), "Entry");
const Subject = page(() => import("../pages/Subject"), "Subject");
const Check = page(() => import("../pages/Check"), "Check");
const Import = page(() => import("../pages/Import"), "Import");
const Search = page(() => import("../pages/Search"), "Search");

/** Addresses below `/console`, the first that fits. */
export const PAGES: { path: string; page: Page }[] = [
  { path: "/", page: Wharf as Page },
  { path: "/wharf", page: Wharf as Page },
  { path: "/wharf/:no", page: Wharf as Page },
  { path: "/boxes/:no", page: Box },
  { path: "/import", page: Import },
  { path: "/customs", page: Customs },
  { path: "/transfers", page: Transfers },
  { path: "/transfers/:bill", page: Transfer },
  { path: "/guarantors", page: Guarantors },
  { path: "/guarantors/:id", page: Guarantor },
  { path: "/oil", page: Accounts },
  { path: "/oil/:no", page: Account },
  { path: "/certificates", page: Certificates },
  { path: "/certificates/:no", page: Certificate },
  { path: "/network", page: Network },
  { path: "/batches/:height", page: Batch },
  { path: "/entries/:id", page: Entry },
  { path: "/subjects/:family/:subject", page: Subject },
  { path: "/check", page: Check },
  { path: "/search/:q", page: Search },
];

/** The menu. */
export const MENU: { path: string; also?: string[]; icon: ComponentType; name: Key }[] = [
  { path: "/wharf", also: ["/boxes"], icon: DashboardOutlined, name: "menu.wharf" },
  { path: "/import", icon: ImportOutlined, name: "menu.import" },
  { path: "/customs", icon: AuditOutlined, name: "menu.customs" },
  { path: "/transfers", icon: SwapOutlined, name: "menu.transfers" },
  { path: "/guarantors", icon: BankOutlined, name: "menu.guarantors" },
  { path: "/oil", icon: DeploymentUnitOutlined, name: "menu.oil" },
  { path: "/certificates", icon: FileProtectOutlined, name: "menu.certificates" },
  { path: "/check", icon: SafetyCertificateOutlined, name: "menu.check" },
  { path: "/network", also: ["/batches"], icon: ClusterOutlined, name: "menu.network" },
];
