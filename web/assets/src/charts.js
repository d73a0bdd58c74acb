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
      const lines = list.map((p) => `${p.seriesName}: ${write.exact(p.value)}`);
      return [list[0].axisValueLabel ?? list[0].name, ...lines].join("\n");
    },
  };
}

function seriesColour(colours, series, index) {
  if (series.rest) return colours.rest;
  return colours.series[((series.colour ?? index + 1) - 1) % MOST_SERIES];
}

// Names stand at the ends of their lines, unless two lines end too close to tell them apart.
function endsApart(spec) {
  const values = spec.series.map((series) => series.values.findLast((v) => v !== null) ?? 0);
  const highest = Math.max(1, ...spec.series.flatMap((series) => series.values));
  const sorted = values.toSorted((a, b) => a - b);
  return sorted.every((value, at) => at === 0 || value - sorted[at - 1] > highest * 0.1);
}

function axisSeries(spec, colours) {
  const last = spec.series.length > 1 && endsApart(spec);
  const alone = spec.series.length === 1;
  return spec.series.map((series, index) => {
    const tone = seriesColour(colours, series, index);
    const shared = { name: series.name, data: series.values, color: tone };
    if (spec.kind === "bar") {
      return { ...shared, type: "bar", barMaxWidth: 28, itemStyle: { borderRadius: [3, 3, 0, 0] },
        stack: spec.stacked ? "all" : undefined };
    }
    return {
      ...shared,
      type: "line",
      showSymbol: spec.labels.length < 2,
      symbolSize: 6,
      lineStyle: { width: 2, type: series.dashed ? "dashed" : "solid" },
      areaStyle: alone ? { color: tone, opacity: 0.08 } : undefined,
      endLabel: { show: last, formatter: "{a}", color: tone, fontFamily: FONT, fontSize: 13 },
    };
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
    min: 0,
    minInterval: spec.currency || spec.percent ? undefined : 1,
    splitNumber: 4,
    splitLine: { lineStyle: { color: colours.line } },
    axisLabel: { ...text(colours), formatter: write.short },
  };
  const many = spec.series.length > 1;
  const named = many && spec.kind === "line" && endsApart(spec);
  const legend = { top: 0, left: 0, icon: "roundRect", itemWidth: 12, itemHeight: 4 };
  return {
    grid: {
      left: 4,
      right: named ? 104 : 12,
      top: many && !named ? 36 : 12,
      bottom: 4,
      containLabel: true,
    },
    xAxis: spec.flat ? value : category,
    yAxis: spec.flat ? { ...category, inverse: true } : value,
    legend: many && !named ? { ...legend, textStyle: text(colours) } : undefined,
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
    animation: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 160,
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
