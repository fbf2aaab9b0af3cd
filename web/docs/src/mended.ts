/** What the viewer lacks for people who do not see it or use no mouse, put right from outside; and what it misleads all in. */

import { unfilled } from "./unfilled.ts";

type Element = unknown;
type Component = (props: Props) => Element;
type Key = string[];

interface React {
  createElement: (kind: string | Component, props: object | null, ...children: Element[]) => Element;
  useEffect: (effect: () => void, dependencies: unknown[]) => void;
  useLayoutEffect: (effect: () => () => void, dependencies: unknown[]) => void;
  useRef: <T>(initial: T | null) => { current: T | null };
}

interface Props {
  text?: string;
  tag?: string;
  tagObj?: { getIn: (path: Key) => string | undefined };
  children?: Element;
  "aria-label"?: string;
}

/** The viewer's parts that are used here, of https://github.com/swagger-api/swagger-ui/blob/master/docs/customization/plugin-api.md. */
interface System {
  React: React;
  getComponent: (name: string, connected?: boolean) => Component;
  authActions: { showDefinitions: (which: false) => void };
  layoutActions: {
    show: (key: Key, shown: boolean) => void;
    scrollTo: (key: Key) => void;
    scrollToVirtualizedOperation: (key: Key) => void;
    readyToScroll: (key: Key, element: unknown) => void;
  };
  layoutSelectors: { currentFilter: () => string | boolean | undefined; isShown: IsShown };
  specSelectors: { taggedOperations: () => { size: number } };
}

type IsShown = (key: Key, otherwise?: boolean) => boolean;
type Wrap<T> = (original: T, system: System) => T;

interface Plugin {
  statePlugins: {
    spec: { wrapActions: { updateJsonSpec: Wrap<typeof unfilled> } };
    layout: {
      wrapActions: { parseDeepLinkHash: Wrap<(hash: string) => unknown> };
      wrapSelectors: { isShown: (original: IsShown, system: System) => (state: unknown, ...of: Parameters<IsShown>) => boolean };
    };
  };
  wrapComponents: Record<string, Wrap<Component>>;
}

const words = {
  about: "About this API",
  operations: "Operations",
  credentials: "Credentials",
  close: "Close",
  body: "Request body",
  nothing: "Nothing matches. The filter looks at the names of sections and at paths.",
};

const isFiltered = ({ layoutSelectors }: System): boolean => typeof layoutSelectors.currentFilter() === "string" && layoutSelectors.currentFilter() !== "";
const isNothing = (system: System): boolean => isFiltered(system) && system.specSelectors.taggedOperations().size === 0;

export const mended = (): Plugin => ({
  statePlugins: {
    spec: {
      wrapActions: {
        updateJsonSpec: (original) => (document) => original(unfilled(document)),
      },
    },
    layout: {
      wrapActions: {
        // The viewer's own takes `_` for an old spelling of a blank, and complains of every operation's address.
        parseDeepLinkHash:
          (_, { layoutActions }) =>
          (hash) => {
            const [tag, operation] = hash.replace(/^#\/?/, "").split("/");
            if (!hash.startsWith("#/") || !tag) return;
            const section = ["operations-tag", tag];
            const key = operation ? ["operations", tag, operation] : section;
            layoutActions.show(section, true);
            layoutActions.show(key, true);
            layoutActions.scrollTo(key);
            layoutActions.scrollToVirtualizedOperation(key);
          },
      },
      wrapSelectors: {
        // What a filter finds is to be seen, in a section that was closed too.
        isShown: (original, system) => (_state, key, otherwise) => (key[0] === "operations-tag" && isFiltered(system)) || original(key, otherwise ?? false),
      },
    },
  },
  wrapComponents: {
    // A link inside of a button: the button opens the operation and writes its address into the location by itself.
    DeepLink:
      (_, { React }) =>
      ({ text }) =>
        React.createElement("span", null, text),
    // There is one server: this one.
    ServersContainer: () => () => null,
    // The headings below are of the third level; this one is between them and the page's.
    FilterContainer: (original, system) => (props) =>
      system.React.createElement(
        "search",
        { className: "wrapper" },
        system.React.createElement("h2", null, words.operations),
        system.React.createElement(original, props),
        system.React.createElement("div", { role: "status" }, isNothing(system) && system.React.createElement("h3", null, words.nothing)),
      ),
    operations: (original, system) => (props) => (isNothing(system) ? null : system.React.createElement(original, props)),
    // The viewer calls each section's button "Expand operation".
    OperationTag:
      (_, { React, getComponent, layoutActions, layoutSelectors }) =>
      ({ tag = "", tagObj, children }) => {
        const key = ["operations-tag", tag];
        const shown = layoutSelectors.isShown(key);
        const name = `section-${tag.replaceAll(" ", "_")}`;
        const heading = React.createElement(
          "h3",
          {
            id: key.join("-").replaceAll(" ", "_"),
            className: "opblock-tag",
            onClick: () => layoutActions.show(key, !shown),
            ref: (element: unknown) => element && layoutActions.readyToScroll(key, element),
          },
          React.createElement("span", { id: name }, tag),
          React.createElement("small", null, React.createElement(getComponent("Markdown", true), { source: tagObj?.getIn(["tagDetails", "description"]) })),
          React.createElement(
            "button",
            { type: "button", className: "expand-operation", "aria-labelledby": name, "aria-expanded": shown },
            React.createElement(getComponent(shown ? "ArrowUpIcon" : "ArrowDownIcon"), { className: "arrow" }),
          ),
        );
        // Of a long list the viewer draws what is in the window, sections and operations one after the other.
        if (!children) return heading;
        return React.createElement(
          "div",
          { className: shown ? "opblock-tag-section is-open" : "opblock-tag-section" },
          heading,
          React.createElement(getComponent("Collapse"), { isOpened: shown }, children),
        );
      },
    InfoContainer:
      (original, { React }) =>
      (props) =>
        React.createElement("section", { "aria-label": words.about }, React.createElement(original, props)),
    // The browser's own dialog keeps the focus inside, and gives it back to what opened it.
    authorizationPopup:
      (original, { React, authActions }) =>
      (props) => {
        const ref = React.useRef<HTMLDialogElement>(null);
        React.useLayoutEffect(() => {
          const dialog = ref.current;
          dialog?.showModal();
          dialog?.querySelector("input")?.focus();
          return () => dialog?.close();
        }, []);
        return React.createElement(
          "dialog",
          { ref, "aria-label": words.credentials, onClose: () => authActions.showDefinitions(false) },
          React.createElement("h2", { className: "unseen" }, words.credentials),
          React.createElement(original, props),
        );
      },
    CloseIcon:
      (original, { React }) =>
      (props) =>
        React.createElement("span", null, React.createElement(original, props), React.createElement("span", { className: "unseen" }, words.close)),
    // What a button is called is what stands on it, for those who speak to it too.
    Button:
      (original, { React }) =>
      (props) =>
        React.createElement(original, typeof props.children === "string" ? { ...props, "aria-label": undefined } : props),
    // What is wider than its box is scrolled by keyboard, too.
    HighlightCode:
      (original, { React }) =>
      (props) => {
        React.useEffect(() => {
          for (const text of document.querySelectorAll<HTMLElement>(".highlight-code > .microlight")) text.tabIndex = 0;
        }, [props.children]);
        return React.createElement(original, props);
      },
    TextArea:
      (original, { React }) =>
      (props) =>
        React.createElement(original, { "aria-label": words.body, ...props }),
  },
});
