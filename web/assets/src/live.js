// The live events page: new rows as the server sends them, pause, and what to say when it is lost.
const MOST_ROWS = 200;
const MOST_WAITING = 50; // messages kept while paused; each holds at most 50 rows
const SILENT_MS = 25000; // the server says something every ten seconds
const AGAIN_MS = 5000;

export function followEvents(document) {
  const page = document.querySelector("[data-live]");
  if (page) new Live(page).begin();
}

class Live {
  constructor(page) {
    this.page = page;
    this.rows = this.find("rows");
    this.cursor = page.dataset.cursor;
    this.paused = page.dataset.paused !== undefined;
    this.waiting = [];
    this.count = 0;
    this.stream = null;
    this.timer = 0;
  }

  find(name) {
    return this.page.querySelector(`[data-live-${name}]`);
  }

  begin() {
    this.find("pause").addEventListener("click", () => this.pause());
    this.find("resume").addEventListener("click", () => this.resume());
    // A hidden page does not hold a connection: a browser has six to a host.
    document.addEventListener("visibilitychange", () => (document.hidden ? this.close() : this.open()));
    this.drawButtons();
    if (!document.hidden) this.open();
  }

  open() {
    if (this.stream || this.ended) return;
    this.say("connecting");
    const mark = this.page.dataset.live.includes("?") ? "&" : "?";
    this.stream = new EventSource(`${this.page.dataset.live}${mark}after=${this.cursor}`);
    this.stream.addEventListener("rows", (event) => this.hear(event));
    this.stream.addEventListener("beat", () => this.live());
    this.stream.addEventListener("end", (event) => this.end(JSON.parse(event.data).reason));
    this.stream.addEventListener("error", () => this.lose());
    this.watch();
  }

  close() {
    this.stream?.close();
    this.stream = null;
    window.clearTimeout(this.timer);
  }

  watch() {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.lose(), SILENT_MS);
  }

  live() {
    this.watch();
    this.say(this.paused ? "paused" : "live");
  }

  hear(event) {
    this.cursor = event.lastEventId;
    this.live();
    const told = JSON.parse(event.data);
    if (!this.paused) return this.show(told);
    this.count += told.total;
    this.waiting.push(told);
    this.waiting.splice(0, this.waiting.length - MOST_WAITING);
    this.drawButtons();
  }

  show(told) {
    const holder = document.createElement("template");
    holder.innerHTML = told.html;
    for (const row of [...holder.content.querySelectorAll("tr")].reverse()) this.insert(row);
    while (this.rows.rows.length > MOST_ROWS) this.rows.lastElementChild.remove();
    this.find("table").hidden = this.rows.rows.length === 0;
    const empty = this.find("empty");
    if (empty) empty.hidden = this.rows.rows.length > 0;
    this.find("note").textContent = told.note;
  }

  insert(row) {
    const known = [...this.rows.rows];
    if (known.some((other) => other.dataset.key === row.dataset.key)) return;
    row.classList.add("row-new");
    const older = known.find((other) => Number(other.dataset.at) <= Number(row.dataset.at));
    this.rows.insertBefore(row, older ?? null);
  }

  pause() {
    this.paused = true;
    this.say("paused");
    this.drawButtons();
    this.find("resume").focus();
  }

  resume() {
    this.paused = false;
    this.waiting.forEach((told) => this.show(told));
    this.waiting = [];
    this.count = 0;
    this.say(this.stream?.readyState === EventSource.OPEN ? "live" : "connecting");
    this.drawButtons();
    this.find("pause").focus();
  }

  drawButtons() {
    this.find("pause").hidden = this.paused;
    this.find("resume").hidden = !this.paused;
    const waiting = this.find("waiting");
    const number = this.count.toLocaleString(document.documentElement.lang);
    waiting.textContent = this.count ? waiting.dataset.one.replace("{n}", number) : "";
  }

  async lose() {
    this.close();
    this.say("lost");
    // Signed out meanwhile: the page itself knows where to go.
    const answer = await fetch(this.page.dataset.live, { method: "HEAD", redirect: "manual" }).catch(() => null);
    if (answer?.type === "opaqueredirect") return window.location.reload();
    this.timer = window.setTimeout(() => document.hidden || this.open(), AGAIN_MS);
  }

  end(reason) {
    if (reason === "signed-out") return window.location.reload();
    if (reason !== "full") return this.lose();
    this.ended = true;
    this.close();
    this.say("full");
  }

  say(state) {
    for (const words of this.find("state").children) words.hidden = words.dataset.state !== state;
  }
}
