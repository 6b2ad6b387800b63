/** Why a command or a fact was accepted and changes nothing. Code compares these; their words are in src/slack/words. */
export const NOTHING_BECAUSE = [
  // Asked by a person.
  /** `pause` while it is paused. */
  'already_paused',
  /** The same person approved this request before: it counts once. */
  'already_voted',
  /** A rollback that goes at least as far is under way. */
  'already_rolling_back',
  /** `have` while there is no alert and no incident. */
  'nothing_to_have',
  /** `have` from somebody whose name is on everything that is open. */
  'already_yours',
  /** The baseline is being captured already. */
  'capture_under_way',
  /** Every item that was named is in the state that was asked for. */
  'items_already_so',
  /** The same person has signed it before: it counts once. */
  'already_signed',
  // Around a raise.
  /** Read once more before the raise: nothing is in its way, and it goes out. */
  'raise_may_go',
  /** The raise that this is about has ended or was called off. */
  'raise_over',
  /** Somebody else carries out the same raise, and reads it back. */
  'raise_goes_on',
  /** A late raise to no more than what users should have. */
  'not_above_wanted',
  /** A late raise while the targets are on their way down, which is read back anyway. */
  'being_lowered',
  // Around a lowering and the targets.
  /** The targets were ordered elsewhere since. */
  'moved_since',
  /** Another message says that this lowering is not done. */
  'said_elsewhere',
  /** People know it from an alert that is open. */
  'told_already',
  /** Other targets than it started with: it is over, on its way down, or held for that already. */
  'targets_do_not_matter',
  // Around the channel.
  /** The channel takes no posts, and users have the change already. */
  'users_have_it',
  /** The channel takes no posts, and the raise that is ordered finds that out itself. */
  'raise_finds_out',
  /** The channel that moved is another one. */
  'other_channel',
  // Around a step on the way into a stage.
  /** It ended, or no step begins any more. */
  'step_over',
  /** It began before, and nobody recorded its end. */
  'step_begun_before',
  /** It waits for a person, because the rollout is paused. */
  'step_waits',
  /** Its end is recorded already. */
  'step_end_known',
  // Around an item that the bot does.
  /** It is not to be done any more. */
  'item_over',
  /** It was begun, and nobody recorded its end. */
  'item_begun_before',
  /** Its end is recorded already, or a person said it. */
  'item_end_known',
  // Around checks and the clock.
  /** It never started, so nothing that happens matters to it. */
  'never_started',
  /** Nobody checks it now. */
  'not_watched',
  /** A round of checks in which everything stayed as it was. */
  'all_quiet',
  /** The clock looked, and it is not time for anything yet. */
  'nothing_due',
  /** Everything is as asked already. */
  'no_change',
] as const;

export type NothingBecause = (typeof NOTHING_BECAUSE)[number];
