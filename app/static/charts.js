// Charts of the home page; every chart has its table, so nothing is lost where this does not run.
const own = document.querySelector("script[data-echarts]");
const echarts = await import(own.dataset.echarts);
const style = getComputedStyle(document.documentElement);
const ink = style.getPropertyValue("--bs-body-color").trim();
const line = style.getPropertyValue("--line").trim();
const colours = ["#2f7ed8", "#2a9d8f", "#e0a030", "#7a68c9", "#5b8c3a", "#c26a4a", "#5a7d9a", "#a0527f"];

for (const box of document.querySelectorAll("[data-chart]")) {
  const drawn = JSON.parse(box.dataset.chart);
  const chart = echarts.init(box, null, { renderer: "svg" });
  chart.setOption({
    color: colours,
    animation: false,
    textStyle: { fontFamily: style.fontFamily, color: ink, fontSize: parseFloat(style.fontSize) * 0.8 },
    tooltip: { trigger: "axis", renderMode: "richText" },
    grid: { left: 8, right: 12, top: 16, bottom: 4, containLabel: true },
    [drawn.lying ? "yAxis" : "xAxis"]: { type: "category", data: drawn.labels, inverse: Boolean(drawn.lying), axisLabel: { color: ink }, axisLine: { lineStyle: { color: line } } },
    [drawn.lying ? "xAxis" : "yAxis"]: { type: "value", minInterval: 1, axisLabel: { color: ink }, splitLine: { lineStyle: { color: line } } },
    series: [{ type: "bar", data: drawn.counts, barMaxWidth: 28, label: { show: true, position: drawn.lying ? "right" : "top", color: ink } }],
  });
  chart.on("click", (event) => { location.href = drawn.addresses[event.dataIndex]; });
  addEventListener("resize", () => chart.resize());
}
