import { describe, expect, test } from 'vitest';
import { holdsSecret } from '../../src/plans/rules/program-secrets.js';

const refused = (words: readonly string[]) => words.some((word, index) => holdsSecret(word, words[index - 1]));

describe('a credential among the words of a program', () => {
  test.each([
    [['--token', 'hunter2']],
    [['--password=hunter2']],
    [['-H', 'Authorization: Bearer hunter2']],
    [['-HX-Api-Key: hunter2']],
    [['--header=Cookie: session=hunter2']],
    [['-u', 'admin:hunter2']],
    [['-uadmin:hunter2']],
    [['--user=admin:hunter2']],
    [['--proxy-user', ':hunter2']],
    [['env', 'PGPASSWORD=hunter2', 'psql']],
    [['MYSQL_PWD=hunter2']],
    [['AWS_SECRET_ACCESS_KEY=hunter2']],
    [['STRIPE_KEY=hunter2']],
    [['password=hunter2']],
    [['-Dspring.datasource.password=hunter2']],
    [['host=db user=me password=hunter2']],
    [['Server=db;Uid=me;Pwd=hunter2']],
    [['https://me:hunter2@example.com/']],
    [['--proxy=http://me:hunter2@proxy']],
    [['https://example.com/?a=1&api_key=hunter2']],
    [['-d', '{"name": "a", "password": "hunter2"}']],
    [['sh', '-c', `curl -s -H 'Authorization: Bearer hunter2' https://flags`]],
    [['sh', '-c', 'curl -u admin:hunter2 https://flags']],
    [['sh', '-c', 'TOKEN=hunter2 flagctl get']],
    [['sh', '-c', 'flagctl --token "hunter2"']],
  ])('%j is refused', (words) => {
    expect(refused(words)).toBe(true);
  });

  test.each([
    [['flagctl', 'set', 'key=checkout', '--key=checkout', 'key:checkout', '{{exposure}}']],
    [['curl', '-H', 'Content-Type: application/json', '-d', '{"key": "checkout", "percent": {{exposure}}}']],
    [['curl', '-u', 'https://flags:8080/', '-url=http://flags:8080']],
    [['docker', 'run', '--user', '1000:1000', '-u1000:1000', 'image:1']],
    [['sh', '-c', `curl -H "Authorization: Bearer $TOKEN" -u "admin:$PASSWORD" "https://flags?token=$TOKEN"`]],
    [['sh', '-c', 'PGPASSWORD="$(cat /run/secrets/pg)" psql --token "$TOKEN" postgres://me:$PGPASSWORD@db/shop']],
    [['PWD=/opt', 'OLDPWD=/', 'tokens=5', '--token', '--key-file=/run/key']],
    [['jq', '{key: .name, on: .enabled}']],
    [['psql', '-c', `select count(*) from tokens where state = 'new'`]],
  ])('%j is none', (words) => {
    expect(words.filter((word, index) => holdsSecret(word, words[index - 1]))).toEqual([]);
  });
});
