import "@robofy/ui/tokens.css";
import "./styles/kit.css";
import "./styles/page.css";
import "./styles/teach.css";
import { onSignedOut } from "./api/client.ts";
import { ApiError } from "./api/error.ts";
import { logOut, type Me, me } from "./api/robofy.ts";
import { fill, h } from "./parts/dom.ts";
import { errorPanel } from "./parts/error-panel.ts";
import { announce, mountStatus } from "./parts/status.ts";
import { strings } from "./strings.ts";
import { homeView } from "./views/home.ts";
import { signInView } from "./views/sign-in.ts";

const main = h("main", { id: "main", tabindex: -1 });
const account = h("div", { class: "account" });

function mount(): void {
  document.body.replaceChildren(
    h("a", { href: "#main", class: "skip" }, strings.skip),
    h(
      "header",
      { class: "top" },
      h("a", { href: "/", class: "brand" }, h("img", { src: "/favicon.svg", alt: "", class: "brand-mark" }), strings.product),
      h("nav", { class: "top-links" }, h("a", { href: "/docs/guide" }, strings.shell.guide), h("a", { href: "/docs" }, strings.shell.apiDocs)),
      account,
    ),
    main,
  );
  mountStatus(document.body);
}

function showSignIn(notice: string | null): void {
  fill(account);
  fill(main, signInView(open, notice));
}

function showHome(session: Me): void {
  const leave = async (): Promise<void> => {
    try {
      await logOut();
      showSignIn(null);
      main.focus();
      announce(strings.signIn.signedOut);
    } catch (error) {
      main.prepend(errorPanel(error));
    }
  };
  fill(
    account,
    h("span", { class: "fine clip", title: session.user.email }, session.user.email),
    h("button", { type: "button", class: "button", "data-small": true, on: { click: () => void leave() } }, strings.shell.logOut),
  );
  fill(main, homeView(session));
}

/** Shows what belongs to the session, or the way to get one. */
async function open(): Promise<void> {
  try {
    showHome(await me());
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) {
      showSignIn(null);
      return;
    }
    fill(main, errorPanel(error, () => void open()));
  }
}

/** A file that misses its place must not open in the stead of this page and its conversation. */
function refuseDrop(event: DragEvent): void {
  if (!event.defaultPrevented && event.dataTransfer?.types.includes("Files") === true) {
    event.preventDefault();
    event.dataTransfer.dropEffect = "none";
  }
}

mount();
addEventListener("dragover", refuseDrop);
addEventListener("drop", refuseDrop);
onSignedOut(() => showSignIn(strings.errors.sessionEnded));
fill(main, h("p", { class: "loading" }, strings.loading));
void open();
