/** What makes a shell complete the words behind `rollout`, made from the table of commands. */
import { print } from './terminal.js';
import { CLI_COMMANDS, CLI_VERBS, type CliCommand, type CliVerb } from './usage.js';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** `rollout completion <shell>`. */
export function completion(words: readonly string[]): number {
  const shell = SHELLS.find((each) => words.length === 1 && each === words[0]);
  if (shell === undefined) {
    print(`rollout completion: expected one of ${SHELLS.join(', ')}, found ${words.join(' ') || 'nothing'}`);
    return 2;
  }
  print(completionFor(shell));
  return 0;
}

export function completionFor(shell: Shell): string {
  switch (shell) {
    case 'bash':
      return bash();
    case 'zsh':
      return `#compdef rollout\nautoload -U +X bashcompinit && bashcompinit\n${bash()}`;
    case 'fish':
      return fish();
    default:
      return shell satisfies never;
  }
}

/** Words that can stand behind a command, as a shell finds them; null: files. */
function offered(verb: CliVerb): string | null {
  const { takes, options }: CliCommand = CLI_COMMANDS[verb];
  const known = options.map(([option]) => option).concat('--help');
  switch (takes) {
    case 'plan files':
      return null;
    case 'plans':
      return [PLANS, ...known].join(' ');
    case 'commands':
      return CLI_VERBS.join(' ');
    case 'shells':
      return SHELLS.join(' ');
    case 'nothing':
      return known.join(' ');
    default:
      return takes satisfies never;
  }
}

/** The names of the plans, which are those of their files. */
const PLANS = `$(ls "\${PLANS_DIR:-plans}" 2>/dev/null | sed -n 's/\\.ya\\{0,1\\}ml$//p')`;

function bash(): string {
  const cases = CLI_VERBS.map((verb) => {
    const words = offered(verb);
    const options = CLI_COMMANDS[verb].options.map(([option]) => option).join(' ');
    const reply =
      words === null
        ? `COMPREPLY=($(compgen -W "${options} --help" -- "$word") $(compgen -f -- "$word"))`
        : `COMPREPLY=($(compgen -W "${words}" -- "$word"))`;
    return `    ${verb}) ${reply} ;;`;
  });
  return `_rollout() {
  local word="\${COMP_WORDS[COMP_CWORD]}"
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${CLI_VERBS.join(' ')} --help --version" -- "$word"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
}
complete -o filenames -F _rollout rollout`;
}

function fish(): string {
  const first = CLI_VERBS.map(
    (verb) => `complete -c rollout -f -n __fish_use_subcommand -a ${verb} -d ${quoted(CLI_COMMANDS[verb].does)}`,
  );
  const behind = CLI_VERBS.flatMap((verb) => {
    const { options, takes }: CliCommand = CLI_COMMANDS[verb];
    const here = `complete -c rollout -n '__fish_seen_subcommand_from ${verb}'`;
    const known = options.map(([option, does]) => `${here} -l ${option.replace(/^--/, '')} -d ${quoted(does)}`);
    switch (takes) {
      case 'plan files':
        return [...known, `${here} -F`];
      case 'plans':
        return [...known, `${here} -f -a '(__rollout_plans)'`];
      case 'commands':
        return [`${here} -f -a '${CLI_VERBS.join(' ')}'`];
      case 'shells':
        return [`${here} -f -a '${SHELLS.join(' ')}'`];
      case 'nothing':
        return [...known, `${here} -f`];
      default:
        return takes satisfies never;
    }
  });
  return [FISH_PLANS, ...first, ...behind].join('\n');
}

const FISH_PLANS = String.raw`function __rollout_plans
  set -l dir plans
  set -q PLANS_DIR; and set dir $PLANS_DIR
  for file in $dir/*.yml $dir/*.yaml
    string replace -r '^.*/(.*)\.ya?ml$' '$1' $file
  end
end`;

function quoted(text: string): string {
  return `'${text.replaceAll("'", "\\'")}'`;
}
