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

export function registerComponents(Alpine) {
  Alpine.data("reveal", reveal);
  Alpine.data("copy", copy);
  Alpine.data("toast", toast);
  Alpine.data("frame", frame);
  Alpine.data("sends", sends);
}
