/** Every word that the page says. Another language is another object of this type: a missing key does not compile. */

const language = "en";
const count = new Intl.NumberFormat(language);
const plural = new Intl.PluralRules(language);

function counted(value: number, one: string, other: string): string {
  return `${count.format(value)} ${plural.select(value) === "one" ? one : other}`;
}

export const strings = {
  language,
  direction: "ltr",
  product: "Robofy",
  loading: "Loading…",
  retry: "Try again",
  cancel: "Cancel",
  close: "Close",
  copy: "Copy",
  copied: "Copied.",
  selected: "Selected. Press Ctrl+C (⌘C) to copy it.",
  skip: "Skip to the content",

  errors: {
    noAnswer: "The server cannot be reached. Check that it is running and that you are online, then try again.",
    unreadable: (status: number) => `The server sent an answer that this page cannot read (status ${status}).`,
    requestId: (id: string) => `Request ${id}`,
    fields: (fields: number) => `${counted(fields, "field needs", "fields need")} attention.`,
    sessionEnded: "Your session has ended. Log in again to go on.",
    broken: "The answer broke off before it was complete.",
  },

  signIn: {
    pitch: "An AI agent that knows your business",
    steps: [
      ["Teach", "Paste a text or drop a file: opening hours, prices, answers you give every day."],
      ["Ask", "Every answer quotes your own words and shows where they stand."],
      ["Connect", "Reach the agent from your server with an API key, or from a web page with a one-hour token."],
    ],
    signUpTitle: "Create your account",
    logInTitle: "Log in",
    signUp: "Create account",
    logIn: "Log in",
    toLogIn: "I have an account already",
    toSignUp: "Create an account instead",
    email: "E-mail",
    password: "Password",
    passwordHint: "At least 10 characters. A few unrelated words are easy to remember and hard to guess.",
    name: "Your name",
    company: "Company",
    optional: "optional",
    setupCode: "Set-up code",
    setupCodeHint: "The server printed it when it started.",
    signedIn: "You are logged in.",
    signedOut: "You are logged out.",
  },

  shell: {
    account: "Account",
    logOut: "Log out",
    apiDocs: "API reference",
  },

  agent: {
    title: "Your agent",
    making: "Making your first project and agent…",
    project: "Project",
    agent: "Agent",
    projectId: "Project id",
    agentId: "Agent id",
    none: "This project has no agent yet. An agent is what visitors talk to.",
    create: "Create an agent",
    firstProject: (company: string | null) => company ?? "My project",
    firstAgent: "Assistant",
  },

  key: {
    title: "API key",
    about: "Your primary key opens everything in this account. Keep it on your servers, never in a web page.",
    show: "Show key",
    hide: "Hide key",
    confirm: "Show it",
    password: "Your password",
    shown: "The key is shown.",
    hidden: "The key is hidden.",
    mask: "rbf_live_••••••••••••••••",
    label: "Primary API key",
  },

  teach: {
    title: "Teach",
    about: "What you add here is what the agent may quote, from the moment it is added.",
    text: "Text",
    textName: "Name of the text",
    textNameHint: "Shown beside each quote, for example “Opening hours”.",
    textDefault: "Pasted text",
    addText: "Add text",
    added: (name: string) => `“${name}” was added.`,
    files: "Files",
    filesHint: "Drop files here or choose them: TXT, Markdown, HTML, CSV or JSON, up to 10 MB each.",
    tooLarge: (name: string) => `“${name}” is larger than 10 MB. Split it and add the parts.`,
    uploading: (name: string) => `Adding “${name}”…`,
    failed: (name: string, reason: string) => `“${name}” was not added. ${reason}`,
    dismiss: (name: string) => `Dismiss the message about “${name}”`,
  },

  sources: {
    title: "What it knows",
    empty: "Nothing yet. Add a text or a file above, then ask about it.",
    find: "Find a source",
    nothing: (query: string) => `No source is called anything like “${query}”.`,
    clear: "Clear the search",
    more: "Show more",
    chunks: (chunks: number) => counted(chunks, "passage", "passages"),
    status: { active: "Ready", processing: "Being read", failed: "Failed" } as Record<string, string>,
    open: (name: string) => `Open “${name}”`,
    remove: "Delete",
    removeNamed: (name: string) => `Delete “${name}”`,
    removeTitle: (name: string) => `Delete “${name}”?`,
    removeAbout: "The agent stops using it at once, in every conversation. This cannot be undone.",
    removed: (name: string) => `“${name}” was deleted.`,
  },

  ask: {
    title: "Ask",
    log: "Conversation",
    empty: "Ask what a visitor would ask. The answer quotes what you have taught.",
    placeholder: "Type a question",
    question: "Question",
    send: "Ask",
    stop: "Stop",
    writing: "The answer is being written.",
    you: "You",
    agent: "Agent",
    stopped: "Stopped.",
    fresh: "New conversation",
    freshDone: "A new conversation has begun.",
    latest: "To the latest answer",
    tooLong: (limit: number) => `Questions hold at most ${count.format(limit)} characters.`,
    sources: "Quoted from",
    quote: "Quote",
    showPlace: "show where it stands",
    unnamed: "a stored answer",
  },

  source: {
    title: "Source",
    excerpt: "An excerpt around the quote.",
    whole: "Show the whole text",
    gone: "This source has been deleted. The quote as it stood when the answer was given:",
    changed: "The quote is not at its place in the stored text any more. As it stood when the answer was given:",
    pair: "This answer is a stored question-and-answer pair, given whole:",
    page: "Open the page",
    text: "Text of the source",
    empty: "This source holds no text.",
  },

  connect: {
    title: "Connect",
    about: "The same agent, from your own software. The ids are this agent’s; put the API key into the environment.",
    server: "From your server, whole answer",
    stream: "From your server, streamed",
    browser: "From a web page, with a one-hour token",
  },
} as const;

/** A number of bytes in the reader's unit. */
export function bytes(value: number): string {
  const [unit, size] =
    value < 1_000 ? (["byte", 1] as const) : value < 1_000_000 ? (["kilobyte", 1e3] as const) : (["megabyte", 1e6] as const);
  const unitDisplay = unit === "byte" ? "long" : "short";
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay, maximumFractionDigits: 1 }).format(value / size);
}

/** A time of the API, `YYYY-MM-DD HH:MM:SS` in UTC or RFC 3339, in the reader's zone. */
export function time(value: string): string {
  const parsed = new Date(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(value) ? `${value.replace(" ", "T")}Z` : value);
  return Number.isNaN(parsed.getTime())
    ? value
    : new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(parsed);
}
