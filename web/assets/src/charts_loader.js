// Charts are half a megabyte: fetched only by a page that has one.
export async function drawCharts(root) {
  const figures = [...root.querySelectorAll("[data-chart]")];
  if (root.matches?.("[data-chart]")) figures.push(root);
  if (figures.length === 0) return;
  const charts = await import(document.documentElement.dataset.charts);
  figures.forEach((figure) => charts.draw(figure));
}
