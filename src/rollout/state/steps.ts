/** One thing that is done once on the way into a stage. A value: with the same fields it is the same step. */
export interface Step {
  readonly stageNo: number;
  readonly attempt: number;
  /** Its place among the steps of the stage, from 1. */
  readonly no: number;
  readonly name: string;
}

/** `undoing`: a rollback ordered its undo. `undo_failed`: that did not go three times, and is still tried. */
export type StepState = 'started' | 'done' | 'failed' | 'undoing' | 'undo_failed' | 'undone';

/** A step that may have changed something. */
export interface StartedStep {
  readonly step: Step;
  readonly state: StepState;
}

/** What of a rollout this is about. */
interface WithSteps {
  readonly steps: readonly StartedStep[];
}

function sameStep(one: Step, other: Step): boolean {
  return one.stageNo === other.stageNo && one.attempt === other.attempt && one.no === other.no;
}

export function startedStep({ steps }: WithSteps, step: Step): StartedStep | undefined {
  return steps.find((known) => sameStep(known.step, step));
}

/** `steps` with this one in this state. */
export function withStep(steps: readonly StartedStep[], step: Step, state: StepState): readonly StartedStep[] {
  const others = steps.filter((known) => !sameStep(known.step, step));
  return [...others, { step, state }].sort((one, other) => order(one.step, other.step));
}

function order(one: Step, other: Step): number {
  return one.stageNo - other.stageNo || one.attempt - other.attempt || one.no - other.no;
}

/** What a rollback undoes, last first: the steps of the stage it is in or on its way to. Those of earlier stages stay. */
export function stepsToUndo({ steps, stage }: WithSteps & { readonly stage: { readonly no: number } }): Step[] {
  const last = steps.findLast(({ step }) => step.stageNo >= stage.no)?.step;
  return steps
    .filter(({ step, state }) => {
      return step.stageNo === last?.stageNo && step.attempt === last.attempt && state !== 'undone';
    })
    .map(({ step }) => step)
    .reverse();
}
