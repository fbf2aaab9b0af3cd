import type { Reporter } from "vitest/node";

/** Ends a run with one plain line of counts, which the script that runs all suites reads. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: Parameters<NonNullable<Reporter["onTestRunEnd"]>>[0]): void {
    const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
    const counted = (state: string): number => states.filter((one) => one === state).length;
    process.stdout.write(`${counted("passed")} passed, ${counted("failed")} failed, ${counted("skipped")} skipped\n`);
  }
}
