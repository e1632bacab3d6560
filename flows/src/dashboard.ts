/** The dashboard and its pages: one full-width group each, because a page's own layout is the template's business. */
import { source } from "./files";
import type { Place, Ref, Sheet } from "./sheet";

export interface PagePlace {
  readonly name: string;
  readonly page: Ref;
  readonly group: Ref;
}

/** Every page of ours, in the order of the menu. */
const PAGES = [
  { name: "Line", path: "/line", icon: "factory" },
  { name: "Alerts", path: "/alerts", icon: "alert-outline" },
  { name: "Training", path: "/training", icon: "school-outline" },
] as const;

/** Pages on the dashboard that all sheets share: two bases on one path would get in each other's way. */
export function dashboard(sheet: Sheet, names: readonly (typeof PAGES)[number]["name"][]): PagePlace[] {
  const base = sheet.config(
    "ui-base",
    "base",
    {
      name: "Context Edge",
      path: "/dashboard",
      appIcon: "",
      includeClientData: true,
      acceptsClientConfig: ["ui-notification", "ui-control"],
      showPathInSidebar: false,
      headerContent: "page",
      navigationStyle: "default",
      titleBarStyle: "default",
      showReconnectNotification: true,
      notificationDisplayTime: 1,
      showDisconnectNotification: true,
      allowInstall: false,
    },
    true,
  );
  const theme = sheet.config(
    "ui-theme",
    "theme",
    {
      name: "Plant floor",
      colors: {
        surface: "#f3f4f6",
        primary: "#334155",
        bgPage: "#e9ebee",
        groupBg: "#ffffff",
        groupOutline: "#ffffff",
      },
      sizes: {
        density: "default",
        pagePadding: "12px",
        groupGap: "12px",
        groupBorderRadius: "10px",
        widgetGap: "8px",
      },
    },
    true,
  );
  return PAGES.flatMap(({ name, path, icon }, i) => {
    if (!names.includes(name)) return [];
    const page = sheet.config("ui-page", name, {
      name,
      ui: base,
      path,
      icon,
      layout: "grid",
      theme,
      breakpoints: [
        { name: "Default", px: "0", cols: "3" },
        { name: "Tablet", px: "576", cols: "6" },
        { name: "Small Desktop", px: "768", cols: "9" },
        { name: "Desktop", px: "1024", cols: "12" },
      ],
      order: i + 1,
      className: "",
      visible: "true",
      disabled: "false",
    });
    const group = sheet.config("ui-group", name, {
      name,
      page,
      width: "12",
      height: "1",
      order: 1,
      showTitle: false,
      className: "",
      visible: "true",
      disabled: "false",
      groupType: "default",
    });
    return [{ name, page, group }];
  });
}

/** A page that is dark where the browser asks for it. */
export function darkPages(sheet: Sheet, pages: readonly PagePlace[], place: (n: number) => Place): void {
  const dark = pages.map(({ name, page }, i) =>
    sheet.node(
      "ui-template",
      `dark-${name.toLowerCase()}`,
      place(i),
      template({ page, scope: "page:style" }, `dark ${name}`, source("pages", "dark.css")),
    ),
  );
  sheet.group("dark", "Dark where the browser asks for it (delete for one theme)", dark);
}

/** A page's content in its group, or the style of a whole page. */
export function template(
  where: { readonly group: Ref } | { readonly page: Ref; readonly scope: "page:style" },
  name: string,
  format: string,
): Record<string, unknown> {
  return {
    group: "group" in where ? where.group : "",
    page: "page" in where ? where.page : "",
    ui: "",
    name,
    order: 1,
    width: 0,
    height: 0,
    head: "",
    format,
    storeOutMessages: false,
    passthru: false,
    resendOnRefresh: true,
    templateScope: "scope" in where ? where.scope : "local",
    className: "",
  };
}

/** An inject node that fires at the start, and then every `repeat` seconds. */
export function inject(name: string, props: object[], repeat: string, onceDelay: string): Record<string, unknown> {
  return { name, props, repeat, crontab: "", once: true, onceDelay, topic: "" };
}
