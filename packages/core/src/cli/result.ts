/** Result: what a command says, with the exit code that it says it with. */
export interface Result {
  readonly exitCode: number;
  readonly text: string;
}
