// What makes the pages tick, so that "just now" grows old by itself; the builder puts it beside the methods of each.
export default {
  mounted() {
    this.clock = setInterval(() => {
      this.now = Date.now();
    }, 1000);
  },
  unmounted() {
    clearInterval(this.clock);
  },
};
