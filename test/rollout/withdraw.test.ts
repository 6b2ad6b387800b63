import { describe, expect, test } from 'vitest';
import { BEA, LARS, LEAD_AND_SRE, LENA, OLGA, type Person, PLAN, SAM, SHELL, stage } from './fixture.js';
import type { Story } from './given.js';
import { applyingStage, asking, inPhase } from './phases.js';

function voters(story: Story): string[] {
  const request = story.rollout.request ?? story.rollout.raise?.request;
  return (request?.votes ?? []).map(({ userId }) => userId);
}

/** The same person, in no role any more. */
const roleless = (person: Person): Person => ({ ...person, standing: { ...person.standing, roles: [] } });

describe('an approval taken back while others still decide', () => {
  test('is a vote less: the request stays open and its card says so', () => {
    const story = asking(2).approves(LENA).withdraws(LENA);
    expect(story.added).toEqual(['approval_withdrawn']);
    expect(story.rollout.phase).toBe('awaiting_approval');
    expect(voters(story)).toEqual([]);
    expect(story.shown('approval_request')).toMatchObject([
      {
        slot: `request:${story.rollout.request?.id}`,
        message: { outcome: { kind: 'open' }, request: { votes: [] } },
      },
    ]);
  });

  test('does not count towards the quorum any more', () => {
    const story = asking(2).approves(LENA).withdraws(LENA).approves(SAM);
    expect(story.rollout.phase).toBe('awaiting_approval');
    expect(story.effects('raise')).toEqual([]);
  });

  test('can be given again, and counts then', () => {
    const story = asking(2).approves(LENA).withdraws(LENA).approves(LENA);
    expect(voters(story)).toEqual(['ULENA']);
    expect(story.approves(SAM).rollout.phase).toBe('applying');
  });

  test('is one’s own: what somebody else gave stays', () => {
    const story = asking(2).approves(LENA);
    expect(story.withdraws(LARS).answer).toBe('not_voted');
    expect(voters(story)).toEqual(['ULENA']);
    expect(story.withdraws(LENA).approves(LARS).withdraws(LENA).answer).toBe('not_voted');
    expect(voters(story)).toEqual(['ULARS']);
  });

  test('leaves the others’ on the card', () => {
    const each = PLAN.stages.map((of) => (of.no === 2 ? stage(2, 25, LEAD_AND_SRE) : of));
    const story = asking(2, { ...PLAN, stages: each })
      .approves(LENA)
      .approves(LARS)
      .withdraws(LARS);
    expect(voters(story)).toEqual(['ULENA']);
    expect(story.approves(SAM).rollout.phase).toBe('applying');
  });

  test('is nobody’s of the same id in another workspace', () => {
    const elsewhere: Person = { ...LENA, actor: { kind: 'slack', teamId: 'T2', userId: 'ULENA' } };
    expect(asking(2).approves(LENA).withdraws(elsewhere).answer).toBe('not_voted');
  });

  test('may be named by no id at all: then it is the one that is open', () => {
    expect(voters(asking(2).approves(LENA).withdraws(LENA, ''))).toEqual([]);
  });

  test('of another request than the one that is open is refused as closed', () => {
    const story = asking(2).approves(LENA);
    expect(story.withdraws(LENA, '7.1').answer).toBe('request_closed');
    expect(voters(story)).toEqual(['ULENA']);
  });
});

describe('an approval taken back while the move is under way', () => {
  test('calls the move back, and holds', () => {
    const story = applyingStage(3).withdraws(LENA);
    expect(story.rollout).toMatchObject({
      phase: 'held',
      held: { cause: 'approval_withdrawn', by: LENA.actor, since: story.now },
      exposure: { confirmed: 25, wanted: 25 },
    });
    expect(story.effects('lower')).toEqual([{ kind: 'lower', to: 25, movedSeq: story.rollout.exposure.movedSeq }]);
  });

  test('is enough from one of two', () => {
    const story = applyingStage(2).withdraws(SAM);
    expect(story.rollout).toMatchObject({
      phase: 'held',
      exposure: { wanted: 10 },
      held: { cause: 'approval_withdrawn' },
    });
  });

  test('is said on the card, once, and to who had asked', () => {
    const story = applyingStage(3);
    const slot = `request:${story.rollout.raise?.request?.id}`;
    story.withdraws(LENA);
    expect(story.shown('approval_request')).toMatchObject([
      { slot, message: { outcome: { kind: 'taken_back', by: LENA.actor, at: story.now } } },
    ]);
    expect(story.told).toEqual([{ person: 'UOLGA', outcome: 'taken_back' }]);
  });

  test('takes back a raise that lands all the same', () => {
    const story = applyingStage(3);
    const {
      exposure: { movedSeq },
    } = story.rollout;
    story.withdraws(LENA);
    story.hears({ type: 'raised', movedSeq, exposure: 50 });
    expect(story.effects('lower')).toMatchObject([{ to: 25 }]);
    expect(story.rollout).toMatchObject({ phase: 'held', exposure: { confirmed: 25 } });
  });

  test('makes no drift of a round that read the targets before it', () => {
    const story = applyingStage(3);
    const {
      exposure: { movedSeq },
    } = story.rollout;
    expect(story.withdraws(LENA).reads(50, { movedSeq }).answer).toBe('nothing');
  });

  test('goes on only when a person resumes, asks again and gets a new approval', () => {
    const story = applyingStage(3).withdraws(LENA).lowered().resumes();
    expect(story.rollout.phase).toBe('ready');
    expect(story.advances().rollout.request).toMatchObject({ stageNo: 3, attempt: 2, votes: [] });
  });

  test('reminds people of the hold four hours later', () => {
    const story = applyingStage(3).withdraws(LENA);
    expect(
      story
        .waits(4 * 3_600_000)
        .woke()
        .shown('reminder'),
    ).toMatchObject([{ message: { waitingFor: 'resume' } }]);
  });

  test('by somebody who gave none is refused', () => {
    const story = applyingStage(3);
    expect(story.withdraws(LARS).answer).toBe('not_voted');
    expect(story.withdraws(OLGA).answer).toBe('not_voted');
    expect(story.rollout.phase).toBe('applying');
  });

  test('where no approval was needed there is none to take back', () => {
    expect(applyingStage(1).withdraws(BEA, '').answer).toBe('request_closed');
  });
});

describe('an approval', () => {
  test('can no longer be taken back once the move was read back: then there is a rollback', () => {
    const story = applyingStage(3);
    const requestId = story.rollout.raise?.request?.id ?? '';
    expect(story.raised().withdraws(LENA, requestId).answer).toBe('request_closed');
    expect(story.rollout).toMatchObject({ phase: 'baking', exposure: { confirmed: 50 } });
  });

  test('can be taken back by who lost the role since', () => {
    expect(asking(2).approves(LENA).withdraws(roleless(LENA)).answer).toBe('accepted');
    expect(applyingStage(3).withdraws(roleless(LENA)).rollout.phase).toBe('held');
  });

  test('can be taken back by who gave it although their roles cannot be read now', () => {
    const unread: Person = { ...LENA, standing: { ...LENA.standing, roles: 'unknown' } };
    expect(applyingStage(3).withdraws(unread).rollout.phase).toBe('held');
  });

  test('is not taken back from the command line, nor by a guest', () => {
    expect(applyingStage(3).withdraws(SHELL).answer).toBe('not_allowed');
    const guest: Person = { ...LENA, standing: { ...LENA.standing, who: 'guest' } };
    expect(applyingStage(3).withdraws(guest).answer).toBe('guest_or_stranger');
  });

  test('taken back from a request that became void meanwhile is refused as closed', () => {
    const story = asking(2).approves(LENA);
    const requestId = story.rollout.request?.id ?? '';
    expect(story.assessed({ errors: 'unknown' }).withdraws(LENA, requestId).answer).toBe('request_closed');
    expect(inPhase('held').withdraws(LENA, '').answer).toBe('request_closed');
  });
});
