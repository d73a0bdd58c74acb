// The small behaviours, by name: x-data="reveal" and so on. The CSP build allows no expressions.

function reveal() {
  return {
    shown: false,
    get kind() {
      return this.shown ? "text" : "password";
    },
    get hidden() {
      return !this.shown;
    },
    get pressed() {
      return this.shown ? "true" : "false";
    },
    toggle() {
      this.shown = !this.shown;
    },
  };
}

function copy() {
  return {
    copied: false,
    get waiting() {
      return !this.copied;
    },
    async take() {
      const text = this.$root.querySelector("[data-copy]").textContent;
      try {
        await navigator.clipboard.writeText(text);
      } catch {
        // No clipboard outside https: select the text, so that Ctrl+C takes it.
        window.getSelection().selectAllChildren(this.$root.querySelector("[data-copy]"));
        return;
      }
      this.copied = true;
      window.setTimeout(() => (this.copied = false), 2000);
    },
  };
}

function toast() {
  return {
    open: true,
    init() {
      if (this.$root.dataset.stays !== undefined) return;
      window.setTimeout(() => this.close(), 8000);
    },
    close() {
      this.open = false;
    },
  };
}

// The width of the navigation is remembered in a cookie, so the next page comes in right at once.
function frame() {
  const page = document.documentElement;
  return {
    mini: page.dataset.nav === "mini",
    get wide() {
      return !this.mini;
    },
    get expanded() {
      return this.mini ? "false" : "true";
    },
    toggle() {
      this.mini = !this.mini;
      page.dataset.nav = this.mini ? "mini" : "wide";
      document.cookie = `kq_nav=${page.dataset.nav}; path=/; max-age=31536000; samesite=lax`;
    },
  };
}

// A select that applies itself: the form is sent when a value is picked.
function sends() {
  return {
    send() {
      this.$root.requestSubmit();
    },
  };
}

// A long menu narrowed while typing; without a script it is simply long.
function sift() {
  return {
    sift(event) {
      const typed = fold(event.target.value.trim());
      for (const group of this.$root.querySelectorAll("[data-group]")) {
        let some = false;
        for (const item of group.querySelectorAll("[data-sifted]")) {
          item.hidden = !item.dataset.sifted.includes(typed);
          some ||= !item.hidden;
        }
        group.hidden = !some;
      }
    },
  };
}

function fold(text) {
  return text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/g, "d");
}

// Ticks every person of the page, or none.
function ticks() {
  return {
    all(event) {
      const boxes = this.$root.closest("table").querySelectorAll("input[name=person]");
      for (const box of boxes) box.checked = event.target.checked;
    },
  };
}

export function registerComponents(Alpine) {
  Alpine.data("reveal", reveal);
  Alpine.data("copy", copy);
  Alpine.data("toast", toast);
  Alpine.data("frame", frame);
  Alpine.data("sends", sends);
  Alpine.data("sift", sift);
  Alpine.data("ticks", ticks);
}
