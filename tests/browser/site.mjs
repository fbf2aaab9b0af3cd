/** A small website on this machine: pages that link to each other, one that is missing, one that answers when it may. */

import { createServer } from "node:http";

const page = (title, body, links = "") =>
  `<!doctype html><html lang="en"><title>${title}</title><main><h1>${title}</h1>${body}</main><nav>${links}</nav></html>`;
const links = '<a href="/">Home</a> <a href="/visit/hours">Hours</a> <a href="/goods/returns">Returns</a> <a href="/gone">Old</a> <a href="/slow">Story</a>';
const pages = new Map([
  ["/", page("Lantern and Sons", "<p>We make lanterns of brass and paper since 1911, in a workshop by the harbour that anybody may visit.</p>", links)],
  ["/visit/hours", page("Opening hours", "<p>The workshop is open from 9 am to 6 pm on weekdays. On Saturdays it closes at noon.</p>", links)],
  ["/goods/returns", page("Returns", "<p>Lanterns that were not lit may be sent back within 45 days, and we pay the postage.</p>", links)],
  ["/slow", page("Our story", "<p>The first lantern was made for a lighthouse keeper who had lost his own in a storm.</p>", links)],
]);

/** Starts the site. While it is held, `/slow` waits. */
export async function startSite() {
  let waiting = [];
  let held = false;
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://site");
    const answer = () => {
      const body = pages.get(pathname);
      response.writeHead(body === undefined ? 404 : 200, { "content-type": "text/html; charset=utf-8" }).end(body ?? "Not here");
    };
    if (held && pathname === "/slow") {
      waiting.push(answer);
    } else {
      answer();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${server.address().port}`;
  return {
    address,
    hold: () => (held = true),
    release: () => {
      held = false;
      waiting.splice(0).forEach((answer) => answer());
    },
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
