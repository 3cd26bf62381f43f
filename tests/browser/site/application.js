// An application as its users' browsers run it: it speaks with the API by fetch, and with the authenticator.
"use strict";

class ApiError extends Error {}

async function call(endpoint, operation, request) {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: {
      "Content-Type": "application/x-amz-json-1.1",
      "X-Amz-Target": `AWSCognitoIdentityProviderService.${operation}`,
    },
    body: JSON.stringify(request),
  });
  const answer = await response.json();
  if (!response.ok) {
    throw new ApiError(`${answer.__type}: ${answer.message}`);
  }
  return answer;
}

async function register({ endpoint, token }) {
  const started = await call(endpoint, "StartWebAuthnRegistration", { AccessToken: token });
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(started.CredentialCreationOptions);
  const credential = await navigator.credentials.create({ publicKey });
  await call(endpoint, "CompleteWebAuthnRegistration", { AccessToken: token, Credential: credential.toJSON() });
  return credential.id;
}

async function signIn({ endpoint, clientId, username, choose }) {
  const parameters = choose ? {} : { PREFERRED_CHALLENGE: "WEB_AUTHN" };
  let asked = await call(endpoint, "InitiateAuth", {
    ClientId: clientId,
    AuthFlow: "USER_AUTH",
    AuthParameters: { USERNAME: username, ...parameters },
  });
  const answer = (responses) =>
    call(endpoint, "RespondToAuthChallenge", {
      ClientId: clientId,
      ChallengeName: asked.ChallengeName,
      Session: asked.Session,
      ChallengeResponses: { USERNAME: username, ...responses },
    });
  if (asked.ChallengeName === "SELECT_CHALLENGE") {
    asked = await answer({ ANSWER: "WEB_AUTHN" });
  }
  const options = JSON.parse(asked.ChallengeParameters.CREDENTIAL_REQUEST_OPTIONS);
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const credential = await navigator.credentials.get({ publicKey });
  return answer({ CREDENTIAL: JSON.stringify(credential.toJSON()) });
}
