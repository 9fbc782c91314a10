// Charts of the home page; every chart has its table, so nothing is lost where this does not run.
const own = document.querySelector("script[data-echarts]");
const echarts = await import(own.dataset.echarts);
const colours = ["#2f7ed8", "#2a9d8f", "#e0a030", "#7a68c9", "#5b8c3a", "#c26a4a", "#5a7d9a", "#a0527f"];
const charts = [...document.querySelectorAll("[data-chart]")].map((box) => {
  const chart = { drawn: JSON.parse(box.dataset.chart), on: echarts.init(box, null, { renderer: "svg" }) };
  chart.on.on("click", (event) => { location.href = chart.drawn.addresses[event.dataIndex]; });
  return chart;
});

const draw = ({ drawn, on }) => {
  const style = getComputedStyle(document.body);
  const line = { lineStyle: { color: style.getPropertyValue("--line").trim() } };
  const text = { fontFamily: style.fontFamily, color: style.color, fontSize: parseFloat(style.fontSize) * 0.8 };
  on.setOption({
    color: colours,
    animation: false,
    textStyle: text,
    tooltip: { trigger: "axis", renderMode: "richText", backgroundColor: style.getPropertyValue("--card").trim(), textStyle: text },
    grid: { left: 8, right: 36, top: 20, bottom: 4, containLabel: true },
    [drawn.lying ? "yAxis" : "xAxis"]: { type: "category", data: drawn.labels, inverse: Boolean(drawn.lying), axisLabel: { ...text, interval: drawn.lying ? 0 : "auto" }, axisLine: line },
    [drawn.lying ? "xAxis" : "yAxis"]: { type: "value", minInterval: 1, axisLabel: text, splitLine: line },
    series: [{ type: "bar", data: drawn.counts, barMaxWidth: 28, label: { ...text, show: true, position: drawn.lying ? "right" : "top" } }],
  });
  on.resize();
};

const drawAll = () => charts.forEach(draw);
drawAll();
addEventListener("resize", drawAll);
matchMedia("print").addEventListener("change", drawAll);
new MutationObserver(drawAll).observe(document.documentElement, { attributeFilter: ["class", "data-bs-theme"] });
