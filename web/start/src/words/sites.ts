/** What the page says about websites that an agent learns. */

import { count, counted } from "./language.ts";

const pages = (value: number): string => counted(value, "page", "pages");

/** How often, inside a sentence. */
function often(hours: number): string {
  return hours === 24 ? "every day" : hours === 168 ? "every week" : `every ${counted(hours, "hour", "hours")}`;
}

export const sites = {
  title: "Websites",
  address: "Web address",
  addressHint: "For instance example.com. The agent learns the pages of that site, as far as links, sitemap and robots.txt let it.",
  more: "More settings",
  mostPages: "Most pages",
  only: "Only these addresses",
  onlyHint: "One a line, for instance /docs/*. Empty: all of the site.",
  except: "Not these addresses",
  exceptHint: "One a line, for instance /blog/*.",
  repeat: "Read again by itself",
  never: "Never",
  every: (hours: number) => often(hours).replace("e", "E"),
  learn: "Learn website",
  already: "This website is being read now. Wait until that ends, or cancel it below.",

  status: { crawling: "Being read", completed: "Read", failed: "Failed", cancelled: "Cancelled" } as Record<string, string>,
  stopping: "Stopping…",
  found: (value: number) => `${count.format(value)} found`,
  read: (value: number) => `${count.format(value)} read`,
  unread: (value: number) => `${count.format(value)} failed`,
  repeats: (hours: number) => `Read again ${often(hours)}`,
  progress: (site: string) => `Reading ${site}`,
  progressValue: (done: number, found: number) => `${count.format(done)} of ${pages(found)} so far`,
  failures: (failed: number) => `${pages(failed)} could not be read`,
  someShown: (shown: number, failed: number) => `${count.format(shown)} of ${count.format(failed)} are shown.`,
  away: "How far it is cannot be told right now. It goes on by itself.",
  earlier: "Show earlier ones",
  readAgain: "Read again",
  change: "Change",
  of: (action: string, site: string) => `${action}: ${site}`,
  begun: (site: string) => `${site} is being read.`,
  cancelling: (site: string) => `Reading ${site} stops.`,
  ended: (site: string, status: string, read: number, failed: number): string => {
    const numbers = `${pages(read)} read, ${count.format(failed)} failed.`;
    if (status === "completed") {
      return `${site} has been read: ${numbers}`;
    }
    return status === "cancelled" ? `Reading ${site} was cancelled: ${numbers}` : `${site} could not be read: ${numbers}`;
  },
} as const;
