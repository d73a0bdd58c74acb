// Line, bar and pie charts from the data in a figure's attribute; colours come from the theme.
import * as echarts from "echarts/core";
import { BarChart, LineChart, PieChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { CanvasRenderer } from "echarts/renderers";

echarts.use([
  AriaComponent,
  BarChart,
  CanvasRenderer,
  GridComponent,
  LegendComponent,
  LineChart,
  PieChart,
  TooltipComponent,
]);

const FONT = '"KQ Figures", "Be Vietnam Pro", sans-serif';
const MOST_SERIES = 6;

function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function palette() {
  const names = ["paper", "surface", "ink", "muted", "line", "accent"];
  const found = Object.fromEntries(names.map((name) => [name, token(`--${name}`)]));
  found.series = [1, 2, 3, 4, 5, 6].map((n) => token(`--series-${n}`));
  found.rest = token("--series-rest");
  return found;
}

// Amounts have the symbol last in both languages, as in the tables.
function symbolOf(currency) {
  const parts = new Intl.NumberFormat("vi", { style: "currency", currency }).formatToParts(0);
  return parts.find((part) => part.type === "currency").value;
}

function writer(spec) {
  const language = document.documentElement.lang || "vi";
  const style = spec.percent ? { style: "percent" } : {};
  const exact = new Intl.NumberFormat(language, { ...style, maximumFractionDigits: 1 });
  const short = new Intl.NumberFormat(language, { ...style, notation: "compact" });
  const unit = spec.currency ? `\u00a0${symbolOf(spec.currency)}` : "";
  return {
    exact: (value) => (value === null || value === undefined ? "–" : exact.format(value) + unit),
    short: (value) => short.format(value) + unit,
  };
}

const text = (colours, size = 13) => ({ color: colours.muted, fontFamily: FONT, fontSize: size });

function tooltip(colours, write) {
  return {
    trigger: "axis",
    renderMode: "richText",
    confine: true,
    transitionDuration: 0,
    backgroundColor: colours.surface,
    borderColor: colours.line,
    borderWidth: 1,
    padding: [8, 12],
    textStyle: { color: colours.ink, fontFamily: FONT, fontSize: 13, lineHeight: 20 },
    axisPointer: { type: "line", lineStyle: { color: colours.muted, type: "dotted" } },
    formatter: (points) => {
      const list = Array.isArray(points) ? points : [points];
      const told = new Map(list.map((p) => [p.seriesName, p.value]).filter(([, v]) => v !== null));
      const lines = [...told].map(([name, value]) => `${name}: ${write.exact(value)}`);
      return [list[0].axisValueLabel ?? list[0].name, ...lines].join("\n");
    },
  };
}

function seriesColour(colours, series, index) {
  if (series.rest) return colours.rest;
  return colours.series[((series.colour ?? index + 1) - 1) % MOST_SERIES];
}

// The step that is not over yet is drawn fainter (bars) or dashed (lines): it is no fall.
const isRunning = (spec, at) => Boolean(spec.partial?.[at]);

function bars(spec, shared) {
  const data = shared.data.map((value, at) =>
    isRunning(spec, at) ? { value, itemStyle: { opacity: 0.4 } } : value,
  );
  return [{ ...shared, data, type: "bar", barMaxWidth: 28, itemStyle: { borderRadius: [3, 3, 0, 0] },
    stack: spec.stacked ? "all" : undefined }];
}

// How far the labels at the ends of lines move so that none covers another, in pixels.
function endLabelShifts(spec) {
  const height = 200;
  const line = 20;
  const most = Math.max(1, ...spec.series.flatMap((series) => series.values.map((v) => v ?? 0)));
  const ends = spec.series.map((series, index) => {
    const last = series.values.findLast((value) => value !== null) ?? 0;
    return { index, wanted: height * (1 - last / most) };
  });
  ends.sort((one, other) => one.wanted - other.wanted || one.index - other.index);
  const shifts = [];
  let lowest = height + line / 2;
  for (const end of [...ends].reverse()) {
    const at = Math.min(end.wanted, lowest);
    shifts[end.index] = at - end.wanted;
    lowest = at - line;
  }
  return shifts;
}

function endLabelWidth(spec) {
  return 16 + 8 * Math.max(...spec.series.map((series) => series.name.length));
}

function lines(spec, shared, series, tone, shift) {
  const many = spec.series.length > 1;
  const last = shared.data.length - 1;
  const isCut = last > 0 && isRunning(spec, last);
  const endLabel = { show: many, formatter: "{a}", color: tone, fontFamily: FONT, fontSize: 13,
    offset: [0, shift] };
  const line = {
    ...shared,
    data: isCut ? shared.data.with(last, null) : shared.data,
    type: "line",
    showSymbol: spec.labels.length < 2,
    symbolSize: 6,
    lineStyle: { width: 2, type: series.dashed ? "dashed" : "solid" },
    areaStyle: many ? undefined : { color: tone, opacity: 0.08 },
    endLabel: { ...endLabel, show: many && !isCut },
  };
  if (!isCut) return [line];
  const ending = shared.data.map((value, at) => (at < last - 1 ? null : value));
  const rest = { ...line, data: ending, areaStyle: undefined, endLabel,
    lineStyle: { width: 2, type: "dotted" } };
  return [line, rest];
}

function axisSeries(spec, colours) {
  const shifts = endLabelShifts(spec);
  return spec.series.flatMap((series, index) => {
    const tone = seriesColour(colours, series, index);
    const shared = { name: series.name, data: series.values, color: tone };
    return spec.kind === "bar" ? bars(spec, shared) : lines(spec, shared, series, tone, shifts[index]);
  });
}

function axisOption(spec, colours, write) {
  const category = {
    type: "category",
    data: spec.labels,
    boundaryGap: spec.kind === "bar",
    axisLine: { lineStyle: { color: colours.line } },
    axisTick: { show: false },
    axisLabel: { ...text(colours), hideOverlap: true, margin: 12 },
  };
  const value = {
    type: "value",
    min: (range) => Math.min(0, range.min),
    minInterval: spec.currency || spec.percent ? undefined : 1,
    splitNumber: 4,
    splitLine: { lineStyle: { color: colours.line } },
    axisLabel: { ...text(colours), formatter: write.short },
  };
  const many = spec.kind === "line" && spec.series.length > 1;
  const named = spec.kind === "bar" && spec.series.length > 1;
  return {
    grid: {
      left: 4, right: many ? endLabelWidth(spec) : 12, top: named ? 40 : 12, bottom: 4, containLabel: true,
    },
    xAxis: spec.flat ? value : category,
    yAxis: spec.flat ? { ...category, inverse: true } : value,
    legend: named
      ? { top: 0, left: 0, textStyle: text(colours), icon: "roundRect", itemWidth: 12 } : undefined,
    tooltip: tooltip(colours, write),
    series: axisSeries(spec, colours),
  };
}

function pieOption(spec, colours, write) {
  const values = spec.series[0].values;
  return {
    tooltip: {
      ...tooltip(colours, write),
      trigger: "item",
      formatter: (point) => `${point.name}\n${write.exact(point.value)} (${point.percent}%)`,
    },
    series: [
      {
        type: "pie",
        radius: ["52%", "76%"],
        name: spec.series[0].name,
        itemStyle: { borderColor: colours.surface, borderWidth: 2 },
        label: { ...text(colours), formatter: "{b}" },
        data: spec.labels.map((name, index) => ({
          name,
          value: values[index],
          itemStyle: { color: index < MOST_SERIES ? colours.series[index] : colours.rest },
        })),
      },
    ],
  };
}

function optionOf(spec) {
  const colours = palette();
  const write = writer(spec);
  const option =
    spec.kind === "pie" ? pieOption(spec, colours, write) : axisOption(spec, colours, write);
  return {
    ...option,
    animation: false,
    textStyle: { fontFamily: FONT },
  };
}

/** Draws, or redraws, the chart of one figure. */
export function draw(figure) {
  const canvas = figure.querySelector(".chart-canvas");
  if (!canvas || echarts.getInstanceByDom(canvas)) return;
  const spec = JSON.parse(figure.dataset.chart);
  const chart = echarts.init(canvas, null, { renderer: "canvas" });
  const paint = () => chart.setOption(optionOf(spec), true);
  paint();
  document.fonts?.ready.then(paint);
  new ResizeObserver(() => chart.resize()).observe(canvas);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
  figure.dataset.drawn = "yes";
}
