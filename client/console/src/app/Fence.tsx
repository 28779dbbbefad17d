// A page that cannot be shown leaves the frame standing, and says so.

import { Alert, Button } from "antd";
import { Component, type ReactNode } from "react";

import { useTexts } from "../texts/use";

interface Props {
  /** Another address is another page: it is tried. */
  at: string;
  children: ReactNode;
}

/** Whatever its children throw, and parts of the page that the node serves no more. */
export class Fence extends Component<Props, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true };
  }

  override componentDidUpdate(before: Props): void {
    if (this.state.broken && before.at !== this.props.at) this.setState({ broken: false });
  }

  override render(): ReactNode {
    return this.state.broken ? <Broken /> : this.props.children;
  }
}

function Broken() {
  const { t } = useTexts();
  return (
    <Alert
      type="error"
      showIcon
      title={t("state.broken")}
      action={
        <Button size="small" onClick={() => window.location.reload()}>
          {t("state.reload")}
        </Button>
      }
    />
  );
}
