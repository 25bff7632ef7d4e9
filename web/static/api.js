// Starts Swagger UI on the page of the API. Nothing is asked of another host: no validator, no remote fonts.
(function () {
  "use strict";
  var place = document.getElementById("operations");
  window.SwaggerUIBundle({
    domNode: place,
    url: place.dataset.document,
    validatorUrl: null,
    deepLinking: false,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    persistAuthorization: false,
    syntaxHighlight: false,
    withCredentials: false,
    requestInterceptor: function (request) {
      request.headers["Accept-Language"] = document.documentElement.lang;
      return request;
    },
  });
}());
