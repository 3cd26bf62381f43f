// Does with amazon-cognito-identity-js what it is told: one command a line on standard input, as JSON
// {"do": NAME, ...arguments}, and one answer a line on standard output, {"result": ...} or
// {"error": {"code": ..., "message": ...}}. The session lives from line to line, as it does in a page.
"use strict";

const readline = require("node:readline");
const {
  AuthenticationDetails,
  CognitoRefreshToken,
  CognitoUser,
  CognitoUserAttribute,
  CognitoUserPool,
} = require("amazon-cognito-identity-js");

const [endpoint, UserPoolId, ClientId] = process.argv.slice(2);
const pool = new CognitoUserPool({ UserPoolId, ClientId, endpoint });
let user = null;

const asPromise = (start) =>
  new Promise((resolve, reject) => start((error, result) => (error ? reject(error) : resolve(result))));

const answers = (resolve, reject) => ({
  onSuccess: (session, userConfirmationNecessary) =>
    resolve({ ...tokensOf(session), userConfirmationNecessary: userConfirmationNecessary ?? false }),
  onFailure: reject,
  newPasswordRequired: (userAttributes, requiredAttributes) =>
    resolve({ newPasswordRequired: { userAttributes, requiredAttributes } }),
  mfaRequired: (name, parameters) => resolve({ mfaRequired: { name, parameters } }),
  totpRequired: (name, parameters) => resolve({ totpRequired: { name, parameters } }),
  selectMFAType: (name, parameters) => resolve({ selectMFAType: { name, parameters } }),
  mfaSetup: (name, parameters) => resolve({ mfaSetup: { name, parameters } }),
  associateSecretCode: (secret) => resolve({ secret }),
  customChallenge: (parameters) => resolve({ customChallenge: parameters }),
});

const tokensOf = (session) => ({
  accessToken: session.getAccessToken().getJwtToken(),
  refreshToken: session.getRefreshToken().getToken(),
  idClaims: session.getIdToken().decodePayload(),
  valid: session.isValid(),
});

const named = (Username) => new CognitoUser({ Username, Pool: pool });

const commands = {
  async signUp({ username, password, email }) {
    const attributes = [new CognitoUserAttribute({ Name: "email", Value: email })];
    const made = await asPromise((done) => pool.signUp(username, password, attributes, null, done));
    return { confirmed: made.userConfirmed, sub: made.userSub, delivery: made.codeDeliveryDetails };
  },
  confirmSignUp: ({ username, code }) =>
    asPromise((done) => named(username).confirmRegistration(code, false, done)),
  resendCode: ({ username }) => asPromise((done) => named(username).resendConfirmationCode(done)),
  signIn({ username, password, flow }) {
    user = named(username);
    user.setAuthenticationFlowType(flow || "USER_SRP_AUTH");
    const details = new AuthenticationDetails({ Username: username, Password: password });
    return new Promise((resolve, reject) => user.authenticateUser(details, answers(resolve, reject)));
  },
  beginCustom({ username }) {
    user = named(username);
    const details = new AuthenticationDetails({ Username: username });
    return new Promise((resolve, reject) => user.initiateAuth(details, answers(resolve, reject)));
  },
  answerCustom: ({ answer, metadata }) =>
    new Promise((resolve, reject) =>
      user.sendCustomChallengeAnswer(answer, answers(resolve, reject), metadata),
    ),
  completeNewPassword: ({ password, attributes }) =>
    new Promise((resolve, reject) =>
      user.completeNewPasswordChallenge(password, attributes, answers(resolve, reject)),
    ),
  sendCode: ({ code, factor }) =>
    new Promise((resolve, reject) => user.sendMFACode(code, answers(resolve, reject), factor)),
  chooseFactor: ({ factor }) =>
    new Promise((resolve, reject) => user.sendMFASelectionAnswer(factor, answers(resolve, reject))),
  associateToken: () => new Promise((resolve, reject) => user.associateSoftwareToken(answers(resolve, reject))),
  verifyToken: ({ code }) =>
    new Promise((resolve, reject) => user.verifySoftwareToken(code, "phone", answers(resolve, reject))),
  deviceKey: async () => user.deviceKey ?? null,
  getDevice: () => new Promise((onSuccess, onFailure) => user.getDevice({ onSuccess, onFailure })),
  listDevices: ({ limit, paginationToken }) =>
    new Promise((onSuccess, onFailure) =>
      user.listDevices(limit, paginationToken ?? null, { onSuccess, onFailure }),
    ),
  rememberDevice: () =>
    new Promise((onSuccess, onFailure) => user.setDeviceStatusRemembered({ onSuccess, onFailure })),
  doNotRememberDevice: () =>
    new Promise((onSuccess, onFailure) => user.setDeviceStatusNotRemembered({ onSuccess, onFailure })),
  forgetDevice: ({ key }) =>
    new Promise((onSuccess, onFailure) =>
      key
        ? user.forgetSpecificDevice(key, { onSuccess, onFailure })
        : user.forgetDevice({ onSuccess, onFailure }),
    ),
  async refresh({ refreshToken }) {
    const token = new CognitoRefreshToken({ RefreshToken: refreshToken });
    return tokensOf(await asPromise((done) => user.refreshSession(token, done)));
  },
  async restoreSession() {
    user = pool.getCurrentUser();
    return tokensOf(await asPromise((done) => user.getSession(done)));
  },
  async attributes() {
    const shown = await asPromise((done) => user.getUserAttributes(done));
    return Object.fromEntries(shown.map((one) => [one.getName(), one.getValue()]));
  },
  updateAttributes({ attributes }) {
    const wanted = Object.entries(attributes).map(([Name, Value]) => new CognitoUserAttribute({ Name, Value }));
    return asPromise((done) => user.updateAttributes(wanted, done));
  },
  changePassword: ({ before, after }) => asPromise((done) => user.changePassword(before, after, done)),
  forgotPassword: ({ username }) =>
    new Promise((resolve, reject) =>
      named(username).forgotPassword({ onSuccess: resolve, onFailure: reject }),
    ),
  confirmPassword: ({ username, code, password }) =>
    new Promise((resolve, reject) =>
      named(username).confirmPassword(code, password, { onSuccess: resolve, onFailure: reject }),
    ),
  globalSignOut: () =>
    new Promise((resolve, reject) => user.globalSignOut({ onSuccess: resolve, onFailure: reject })),
  signOut: () => new Promise((resolve) => user.signOut(() => resolve("SUCCESS"))),
  deleteUser: () => asPromise((done) => user.deleteUser(done)),
};

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { do: name, ...argument } = JSON.parse(line);
    let answer;
    try {
      answer = { result: (await commands[name](argument)) ?? null };
    } catch (error) {
      answer = { error: { code: error.code || error.name, message: error.message } };
    }
    process.stdout.write(JSON.stringify(answer) + "\n");
  }
}

main();
