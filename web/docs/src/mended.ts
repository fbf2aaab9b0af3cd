/** What the viewer lacks for people who do not see it or use no mouse, put right from outside. */

type Element = unknown;
type Component = (props: Props) => Element;

interface React {
  createElement: (kind: string | Component, props: object | null, ...children: Element[]) => Element;
  useEffect: (effect: () => void, dependencies: unknown[]) => void;
}

interface Props {
  text?: string;
  children?: Element;
  "aria-label"?: string;
}

interface Plugin {
  wrapComponents: Record<string, (original: Component, system: { React: React }) => Component>;
}

const words = { about: "About this API", operations: "Operations", credentials: "Credentials", close: "Close", body: "Request body" };

export const mended = (): Plugin => ({
  wrapComponents: {
    // A link inside of a button: the button opens the operation and writes its address into the location by itself.
    DeepLink:
      (_, { React }) =>
      ({ text }) =>
        React.createElement("span", null, text),
    // There is one server: this one.
    ServersContainer: () => () => null,
    // The headings below are of the third level; this one is between them and the page's.
    FilterContainer:
      (original, { React }) =>
      (props) =>
        React.createElement("search", { className: "wrapper" }, React.createElement("h2", null, words.operations), React.createElement(original, props)),
    InfoContainer:
      (original, { React }) =>
      (props) =>
        React.createElement("section", { "aria-label": words.about }, React.createElement(original, props)),
    authorizationPopup:
      (original, { React }) =>
      (props) => {
        // Each of its fields takes the focus as it comes; the first one is to have it.
        React.useEffect(() => document.querySelector<HTMLElement>(".dialog-ux input")?.focus(), []);
        return React.createElement(
          "div",
          { role: "dialog", "aria-modal": true, "aria-label": words.credentials },
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
