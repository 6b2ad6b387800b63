import type { Draft } from './draft.js';
import type { Episode } from './rollout.js';

/** Opens an episode about a subject (a check, the targets, a raise) and posts its alert. */
export function openAlert(
  draft: Draft,
  subject: string,
  kind: Episode['kind'],
  about: { value: number | null; why: string; since: Date | null },
): void {
  const no = (draft.state.episodes[subject]?.no ?? 0) + 1;
  draft.add({ type: 'alert_opened', subject, no, kind, detail: about.why, value: about.value });
  draft.show(`alert:${subject}:${no}`, {
    ...{ template: 'alert', subject, no, kind, detail: about.why, value: about.value, exposure: draft.state.confirmed },
    ...{ since: about.since ?? draft.now, closed: null },
  });
}

/** Ends an episode; its alert is edited to say so. */
export function closeAlert(draft: Draft, subject: string, episode: Episode, value: number | null): void {
  draft.add({ type: 'alert_closed', subject, no: episode.no, value });
  draft.show(`alert:${subject}:${episode.no}`, {
    ...{
      template: 'alert',
      subject,
      no: episode.no,
      kind: episode.kind,
      detail: '',
      value,
      exposure: draft.state.confirmed,
    },
    ...{ since: episode.since, closed: { at: draft.now, value } },
  });
}

/** Draws an open alert again, for what changed around it (who has it). */
export function showAlert(draft: Draft, subject: string, episode: Episode): void {
  const { no, kind, detail, value, since } = episode;
  draft.show(`alert:${subject}:${no}`, {
    ...{ template: 'alert', subject, no, kind, detail, value, exposure: draft.state.confirmed, since, closed: null },
  });
}
