"use strict";
Redoc.init("/openapi.json", { disableGoogleFont: true, hideHostname: true }, document.getElementById("redoc"));
