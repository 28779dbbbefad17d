// The barge's track on a sketch of the river. The sketch is ours: no tiles, nothing from elsewhere.

import { useQuery } from "@tanstack/react-query";

import type { Refused } from "../api/http";
import { getJson, segment } from "../api/http";
import type { Container, History, Subject } from "../api/types";
import { palette } from "../app/theme";
import { useTexts } from "../texts/use";
import { Nothing, Shown } from "./answer";
import river from "./river.json";
import { When } from "./small";

interface Position {
  lat_e7: number;
  lon_e7: number;
  speed_cm_s: number;
  utc: number;
  at: number;
}

interface Track {
  ship: string;
  positions: Position[];
}

const WEST = 112.35;
const EAST = 114.05;
const NORTH = 23.22;
const SOUTH = 22.25;
const WIDTH = 620;
/** A degree of longitude is shorter than one of latitude at the mouth of the river. */
const HEIGHT = (WIDTH * (NORTH - SOUTH)) / ((EAST - WEST) * Math.cos((22.7 * Math.PI) / 180));
const CM_S_PER_KNOT = 51.444;

function project([lon = 0, lat = 0]: number[]): [number, number] {
  return [((lon - WEST) / (EAST - WEST)) * WIDTH, ((NORTH - lat) / (NORTH - SOUTH)) * HEIGHT];
}

function line(points: number[][]): string {
  return points.map((point, at) => `${at === 0 ? "M" : "L"}${project(point).map((n) => n.toFixed(1)).join(" ")}`).join("");
}

const subject = (name: string) => `/v1/subjects/combined_port/${segment(name)}`;

/** The ships that carried these boxes, by their transfer plans, with their positions. */
async function tracks(boxes: string[], signal: AbortSignal): Promise<Track[]> {
  const ships = new Map<string, Track>();
  for (const box of boxes) {
    const record = await getJson<Subject<Container>>(subject(`box:${box}`), signal).catch(() => undefined);
    const batch = record?.state.trip?.batch_no;
    if (!batch) continue;
    const plan = await getJson<Subject<{ conveyance_id: string }>>(subject(`plan:${batch}`), signal);
    const ship = plan.state.conveyance_id;
    if (ships.has(ship)) continue;
    const found = await getJson<History>(`${subject(`ship:${ship}`)}/history?limit=500`, signal);
    const positions = found.history.flatMap(({ event }) =>
      event.event === "positioned" ? [event["position"] as Position] : [],
    );
    ships.set(ship, { ship, positions });
  }
  return [...ships.values()];
}

/** The track of what carried these boxes. */
export function River({ boxes }: { boxes: string[] }) {
  const { t } = useTexts();
  const answer = useQuery<Track[], Refused>({
    queryKey: ["live", "tracks", boxes],
    queryFn: ({ signal }) => tracks(boxes, signal),
  });
  return (
    <Shown of={answer}>
      {(found) => {
        const seen = found.filter((track) => track.positions.length > 0);
        if (seen.length === 0) return <Nothing>{t("transfer.noTrack")}</Nothing>;
        return (
          <>
            <Sketch tracks={seen} />
            <Latest tracks={seen} />
          </>
        );
      }}
    </Shown>
  );
}

function Sketch({ tracks }: { tracks: Track[] }) {
  const { t, both } = useTexts();
  return (
    <svg className="river" viewBox={`0 0 ${WIDTH} ${HEIGHT.toFixed(0)}`} role="img" aria-label={t("transfer.map")}>
      <title>{t("transfer.mapNote")}</title>
      {river.features.map((feature, at) =>
        feature.geometry.type === "LineString" ? (
          <path
            key={at}
            d={line(feature.geometry.coordinates as number[][])}
            stroke="#c5dde3"
            strokeWidth={feature.properties.width}
            fill="none"
            strokeLinejoin="round"
            strokeLinecap="round"
          />
        ) : null,
      )}
      {river.features.map((feature, at) => {
        if (feature.geometry.type !== "Point") return null;
        const [x, y] = project(feature.geometry.coordinates as number[]);
        const names = { en: feature.properties.en ?? "", zh: feature.properties.zh ?? "" };
        return (
          <g key={at}>
            <rect x={x - 3} y={y - 3} width={6} height={6} fill={feature.properties.code ? palette.text : "#a9b8bd"} />
            <text x={x + 7} y={y - 5} fontSize={13} fill={palette.text}>
              {both(names)}
            </text>
          </g>
        );
      })}
      {tracks.map(({ ship, positions }) => {
        const points = positions.map((p) => [p.lon_e7 / 1e7, p.lat_e7 / 1e7]);
        const last = points.at(-1);
        if (!last) return null;
        const [x, y] = project(last);
        return (
          <g key={ship}>
            <path d={line(points)} stroke={palette.warm} strokeWidth={2.5} fill="none" strokeDasharray="4 3" />
            <circle cx={x} cy={y} r={5} fill={palette.warm} stroke="#fff" strokeWidth={1.5} />
            <text x={x} y={y + 19} textAnchor="middle" fontSize={13} fontWeight={600} fill="#7a4a08">
              {ship}
            </text>
          </g>
        );
      })}
    </svg>
  );
}

function Latest({ tracks }: { tracks: Track[] }) {
  const { t } = useTexts();
  return (
    <p className="quiet" style={{ margin: "6px 0 0", fontSize: 12 }}>
      {tracks.map(({ ship, positions }) => {
        const last = positions.at(-1);
        if (!last) return null;
        const knots = (last.speed_cm_s / CM_S_PER_KNOT).toFixed(1);
        return (
          <span key={ship} style={{ marginRight: 12 }}>
            {t("transfer.position", { ship, knots })} · <When at={last.utc} />
          </span>
        );
      })}
      {t("transfer.mapNote")}
    </p>
  );
}
