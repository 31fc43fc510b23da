extension OpenAPIDocument {
    static let paths = #"""
          "/api/v1/cases": {
            "get": {
              "operationId": "listCases",
              "summary": "Cases, youngest first.",
              "description": "Role: `read`.",
              "security": [{"operator": []}],
              "responses": {"200": {"description": "Cases, youngest first.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/CaseSummaryPage"}}}}, "400": {"$ref": "#/components/responses/Malformed"}, "401": {"$ref": "#/components/responses/Unauthenticated"}, "403": {"$ref": "#/components/responses/Forbidden"}, "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"}},
              "parameters": [{"name": "state", "in": "query", "required": false, "schema": {"type": "string", "enum": ["open", "all", "contained", "notified", "remediating", "verifying", "probation", "reopened", "closed", "false-alarm", "merged"]}, "description": "open (the default): all that have not ended; all; or one state."}, {"name": "customer", "in": "query", "required": false, "schema": {"type": "string", "pattern": "^[a-z0-9][a-z0-9._-]{0,63}$"}, "description": "Of one customer."}, {"name": "after", "in": "query", "required": false, "schema": {"type": "string", "pattern": "^case-[1-9][0-9]{0,17}$"}, "description": "The page after this case."}, {"$ref": "#/components/parameters/Limit"}]
            }
          },
          "/api/v1/cases/{case}": {
            "get": {
              "operationId": "getCase",
              "summary": "One case with samples, checks, links, notes, reports.",
              "description": "Role: `read`.",
              "security": [{"operator": []}],
              "responses": {"200": {"description": "One case with samples, checks, links, notes, reports.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Case"}}}}, "400": {"$ref": "#/components/responses/Malformed"}, "401": {"$ref": "#/components/responses/Unauthenticated"}, "403": {"$ref": "#/components/responses/Forbidden"}, "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"}, "404": {"$ref": "#/components/responses/NotFound"}},
              "parameters": [{"$ref": "#/components/parameters/Case"}]
            }
          },
          "/api/v1/cases/{case}/timeline": {
            "get": {
              "operationId": "getTimeline",
              "summary": "What was done about a case, oldest first.",
              "description": "Role: `read`.",
              "security": [{"operator": []}],
              "responses": {"200": {"description": "What was done about a case, oldest first.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/AuditEntryPage"}}}}, "400": {"$ref": "#/components/responses/Malformed"}, "401": {"$ref": "#/components/responses/Unauthenticated"}, "403": {"$ref": "#/components/responses/Forbidden"}, "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"}, "404": {"$ref": "#/components/responses/NotFound"}},
              "parameters": [{"$ref": "#/components/parameters/Case"}, {"name": "after", "in": "query", "required": false, "schema": {"type": "integer", "minimum": 1}, "description": "Entries after this one."}, {"$ref": "#/components/parameters/Limit"}]
            }
          },
          "/api/v1/cases/{case}/notes": {
            "post": {
              "operationId": "addNote",
              "summary": "Adds a note.",
              "description": "Role: `act`.",
              "security": [{"operator": []}],
              "responses": {"200": {"description": "Adds a note.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Outcome"}}}}, "400": {"$ref": "#/components/responses/Malformed"}, "401": {"$ref": "#/components/responses/Unauthenticated"}, "403": {"$ref": "#/components/responses/Forbidden"}, "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"}, "404": {"$ref": "#/components/responses/NotFound"}, "409": {"$ref": "#/components/responses/Conflict"}, "422": {"$ref": "#/components/responses/Invalid"}, "413": {"$ref": "#/components/responses/TooLarge"}, "415": {"$ref": "#/components/responses/MediaType"}},
              "parameters": [{"$ref": "#/components/parameters/Case"}, {"$ref": "#/components/parameters/IdempotencyKey"}],
              "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object", "additionalProperties": false, "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1, "maxLength": 900}}}}}}
            }
          },
          "/api/v1/cases/{case}/verify": {
            "post": {
              "operationId": "verifyCase",
              "summary": "Looks again at what the gateway can verify itself.",
              "description": "Role: `act`.",
              "security": [{"operator": []}],
              "responses": {"200": {"description": "Looks again at what the gateway can verify itself.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Outcome"}}}}, "400": {"$ref": "#/components/responses/Malformed"}, "401": {"$ref": "#/components/responses/Unauthenticated"}, "403": {"$ref": "#/components/responses/Forbidden"}, "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"}, "404": {"$ref": "#/components/responses/NotFound"}, "409": {"$ref": "#/components/responses/Conflict"}, "422": {"$ref": "#/components/responses/Invalid"}, "413": {"$ref": "#/components/responses/TooLarge"}, "415": {"$ref": "#/components/responses/MediaType"}},
              "parameters": [{"$ref": "#/components/parameters/Case"}, {"$ref": "#/components/parameters/IdempotencyKey"}],
              "requestBody": {"required": false, "content": {"application/json": {"schema": {"type": "object", "additionalProperties": false, "required": [], "properties": {}}}}}
            }
          },
          "/api/v1/cases/{case}/waive": {
            "post": {
              "operationId": "waiveCheck",
              "summary": "Takes a required check upon oneself.",
              "description": "Role: `act`.",
              "security": [{"operator": []}],
              "responses": {"200": {"description": "Takes a required check upon oneself.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Outcome"}}}}, "400": {"$ref": "#/components/responses/Malformed"}, "401": {"$ref": "#/components/responses/Unauthenticated"}, "403": {"$ref": "#/components/responses/Forbidden"}, "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"}, "404": {"$ref": "#/components/responses/NotFound"}, "409": {"$ref": "#/components/responses/Conflict"}, "422": {"$ref": "#/components/responses/Invalid"}, "413": {"$ref": "#/components/responses/TooLarge"}, "415": {"$ref": "#/components/responses/MediaType"}},
              "parameters": [{"$ref": "#/components/parameters/Case"}, {"$ref": "#/components/parameters/IdempotencyKey"}],
              "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object", "additionalProperties": false, "required": ["check", "reason"], "properties": {"check": {"type": "string", "minLength": 1, "maxLength": 60}, "reason": {"type": "string", "minLength": 1, "maxLength": 900}}}}}}
            }
          },
          "/api/v1/cases/{case}/reinstate": {
            "post": {
              "operationId": "reinstateCase",
              "summary": "Lets the case's sources send again, on probation.",
              "description": "Role: `act`.",
              "security": [{"operator": []}],
              "responses": {"200": {"description": "Lets the case's sources send again, on probation.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Outcome"}}}}, "400": {"$ref": "#/components/responses/Malformed"}, "401": {"$ref": "#/components/responses/Unauthenticated"}, "403": {"$ref": "#/components/responses/Forbidden"}, "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"}, "404": {"$ref": "#/components/responses/NotFound"}, "409": {"$ref": "#/components/responses/Conflict"}, "422": {"$ref": "#/components/responses/Invalid"}, "413": {"$ref": "#/components/responses/TooLarge"}, "415": {"$ref": "#/components/responses/MediaType"}},
              "parameters": [{"$ref": "#/components/parameters/Case"}, {"$ref": "#/components/parameters/IdempotencyKey"}],
              "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object", "additionalProperties": false, "required": ["reason"], "properties": {"reason": {"type": "string", "minLength": 1, "maxLength": 900}, "force": {"type": "boolean", "default": false, "description": "Also before its checks hold; they are asked on."}}}}}}
            }
          },
          "/api/v1/cases/{case}/close": {
            "post": {
              "operationId": "closeCase",
              "summary": "Closes it: cleaned and verified.",
              "description": "Role: `act`.",
              "security": [{"operator": []}],
              "responses": {"200": {"description": "Closes it: cleaned and verified.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Outcome"}}}}, "400": {"$ref": "#/components/responses/Malformed"}, "401": {"$ref": "#/components/responses/Unauthenticated"}, "403": {"$ref": "#/components/responses/Forbidden"}, "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"}, "404": {"$ref": "#/components/responses/NotFound"}, "409": {"$ref": "#/components/responses/Conflict"}, "422": {"$ref": "#/components/responses/Invalid"}, "413": {"$ref": "#/components/responses/TooLarge"}, "415": {"$ref": "#/components/responses/MediaType"}},
              "parameters": [{"$ref": "#/components/parameters/Case"}, {"$ref": "#/components/parameters/IdempotencyKey"}],
              "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object", "additionalProperties": false, "required": ["reason"], "properties": {"reason": {"type": "string", "minLength": 1, "maxLength": 900}}}}}}
            }
          },
          "/api/v1/cases/{case}/false-alarm": {
            "post": {
              "operationId": "falseAlarm",
              "summary": "It was no spam: stops are lifted, held mail goes out.",
              "description": "Role: `act`.",
              "security": [{"operator": []}],
              "responses": {"200": {"description": "It was no spam: stops are lifted, held mail goes out.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Outcome"}}}}, "400": {"$ref": "#/components/responses/Malformed"}, "401": {"$ref": "#/components/responses/Unauthenticated"}, "403": {"$ref": "#/components/responses/Forbidden"}, "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"}, "404": {"$ref": "#/components/responses/NotFound"}, "409": {"$ref": "#/components/responses/Conflict"}, "422": {"$ref": "#/components/responses/Invalid"}, "413": {"$ref": "#/components/responses/TooLarge"}, "415": {"$ref": "#/components/responses/MediaType"}},
              "parameters": [{"$ref": "#/components/parameters/Case"}, {"$ref": "#/components/parameters/IdempotencyKey"}],
              "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object", "additionalProperties": false, "required": ["reason"], "properties": {"reason": {"type": "string", "minLength": 1, "maxLength": 900}}}}}}
            }
          },
          "/api/v1/cases/{case}/reopen": {
            "post": {
              "operationId": "reopenCase",
              "summary": "Opens it again.",
              "description": "Role: `act`.",
              "security": [{"operator": []}],
              "responses": {"200": {"description": "Opens it again.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Outcome"}}}}, "400": {"$ref": "#/components/responses/Malformed"}, "401": {"$ref": "#/components/responses/Unauthenticated"}, "403": {"$ref": "#/components/responses/Forbidden"}, "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"}, "404": {"$ref": "#/components/responses/NotFound"}, "409": {"$ref": "#/components/responses/Conflict"}, "422": {"$ref": "#/components/responses/Invalid"}, "413": {"$ref": "#/components/responses/TooLarge"}, "415": {"$ref": "#/components/responses/MediaType"}},
              "parameters": [{"$ref": "#/components/parameters/Case"}, {"$ref": "#/components/parameters/IdempotencyKey"}],
              "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object", "additionalProperties": false, "required": ["reason"], "properties": {"reason": {"type": "string", "minLength": 1, "maxLength": 900}}}}}}
            }
          },
          "/api/v1/cases/{case}/merge": {
            "post": {
              "operationId": "mergeCases",
              "summary": "Takes another case of the same customer into this one.",
              "description": "Role: `act`.",
              "security": [{"operator": []}],
              "responses": {"200": {"description": "Takes another case of the same customer into this one.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Outcome"}}}}, "400": {"$ref": "#/components/responses/Malformed"}, "401": {"$ref": "#/components/responses/Unauthenticated"}, "403": {"$ref": "#/components/responses/Forbidden"}, "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"}, "404": {"$ref": "#/components/responses/NotFound"}, "409": {"$ref": "#/components/responses/Conflict"}, "422": {"$ref": "#/components/responses/Invalid"}, "413": {"$ref": "#/components/responses/TooLarge"}, "415": {"$ref": "#/components/responses/MediaType"}},
              "parameters": [{"$ref": "#/components/parameters/Case"}, {"$ref": "#/components/parameters/IdempotencyKey"}],
              "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object", "additionalProperties": false, "required": ["case"], "properties": {"case": {"type": "string", "pattern": "^case-[1-9][0-9]{0,17}$"}}}}}}
            }
          },
          "/api/v1/cases/{case}/ask": {
            "post": {
              "operationId": "askReinstatement",
              "summary": "Asks for reinstatement: looks again, and reinstates where the policy needs no person.",
              "description": "Role: `act`.",
              "security": [{"operator": []}],
              "responses": {"200": {"description": "Asks for reinstatement: looks again, and reinstates where the policy needs no person.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Outcome"}}}}, "400": {"$ref": "#/components/responses/Malformed"}, "401": {"$ref": "#/components/responses/Unauthenticated"}, "403": {"$ref": "#/components/responses/Forbidden"}, "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"}, "404": {"$ref": "#/components/responses/NotFound"}, "409": {"$ref": "#/components/responses/Conflict"}, "422": {"$ref": "#/components/responses/Invalid"}, "413": {"$ref": "#/components/responses/TooLarge"}, "415": {"$ref": "#/components/responses/MediaType"}},
              "parameters": [{"$ref": "#/components/parameters/Case"}, {"$ref": "#/components/parameters/IdempotencyKey"}],
              "requestBody": {"required": false, "content": {"application/json": {"schema": {"type": "object", "additionalProperties": false, "required": [], "properties": {}}}}}
            }
          },
          "/api/v1/cases/{case}/attest": {
            "post": {
              "operationId": "attestCheck",
              "summary": "Says how a check stands, for a person.",
              "description": "Role: `act`.",
              "security": [{"operator": []}],
              "responses": {"200": {"description": "Says how a check stands, for a person.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Outcome"}}}}, "400": {"$ref": "#/components/responses/Malformed"}, "401": {"$ref": "#/components/responses/Unauthenticated"}, "403": {"$ref": "#/components/responses/Forbidden"}, "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"}, "404": {"$ref": "#/components/responses/NotFound"}, "409": {"$ref": "#/components/responses/Conflict"}, "422": {"$ref": "#/components/responses/Invalid"}, "413": {"$ref": "#/components/responses/TooLarge"}, "415": {"$ref": "#/components/responses/MediaType"}},
              "parameters": [{"$ref": "#/components/parameters/Case"}, {"$ref": "#/components/parameters/IdempotencyKey"}],
              "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object", "additionalProperties": false, "required": ["check", "detail"], "properties": {"check": {"type": "string", "minLength": 1, "maxLength": 60}, "detail": {"type": "string", "minLength": 1, "maxLength": 900}, "holds": {"type": "boolean", "default": true}}}}}}
            }
          },
          "/api/v1/cases/{case}/kind": {
            "post": {
              "operationId": "classifyCase",
              "summary": "Says what kind of incident it is; what that asks is added.",
              "description": "Role: `act`.",
              "security": [{"operator": []}],
              "responses": {"200": {"description": "Says what kind of incident it is; what that asks is added.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Outcome"}}}}, "400": {"$ref": "#/components/responses/Malformed"}, "401": {"$ref": "#/components/responses/Unauthenticated"}, "403": {"$ref": "#/components/responses/Forbidden"}, "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"}, "404": {"$ref": "#/components/responses/NotFound"}, "409": {"$ref": "#/components/responses/Conflict"}, "422": {"$ref": "#/components/responses/Invalid"}, "413": {"$ref": "#/components/responses/TooLarge"}, "415": {"$ref": "#/components/responses/MediaType"}},
              "parameters": [{"$ref": "#/components/parameters/Case"}, {"$ref": "#/components/parameters/IdempotencyKey"}],
              "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object", "additionalProperties": false, "required": ["kind"], "properties": {"kind": {"type": "string", "enum": ["stolen-password", "open-relay", "open-port-25", "script", "unknown"]}}}}}}
            }
          },
          "/api/v1/cases/{case}/split": {
            "post": {
              "operationId": "splitCase",
              "summary": "Moves sources with their stops into a new case.",
              "description": "Role: `act`.",
              "security": [{"operator": []}],
              "responses": {"200": {"description": "Moves sources with their stops into a new case.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Outcome"}}}}, "400": {"$ref": "#/components/responses/Malformed"}, "401": {"$ref": "#/components/responses/Unauthenticated"}, "403": {"$ref": "#/components/responses/Forbidden"}, "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"}, "404": {"$ref": "#/components/responses/NotFound"}, "409": {"$ref": "#/components/responses/Conflict"}, "422": {"$ref": "#/components/responses/Invalid"}, "413": {"$ref": "#/components/responses/TooLarge"}, "415": {"$ref": "#/components/responses/MediaType"}},
              "parameters": [{"$ref": "#/components/parameters/Case"}, {"$ref": "#/components/parameters/IdempotencyKey"}],
              "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object", "additionalProperties": false, "required": ["sources"], "properties": {"sources": {"type": "array", "minItems": 1, "maxItems": 64, "items": {"type": "string", "minLength": 1, "maxLength": 400}}}}}}}
            }
          },
          "/api/v1/cases/{case}/reports": {
            "post": {
              "operationId": "takeReport",
              "summary": "Takes a signed report, with the token of one of the case's links that it is signed with.",
              "description": "Role: `act`.",
              "security": [{"operator": []}],
              "responses": {"200": {"description": "Takes a signed report, with the token of one of the case's links that it is signed with.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Outcome"}}}}, "400": {"$ref": "#/components/responses/Malformed"}, "401": {"$ref": "#/components/responses/Unauthenticated"}, "403": {"$ref": "#/components/responses/Forbidden"}, "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"}, "404": {"$ref": "#/components/responses/NotFound"}, "409": {"$ref": "#/components/responses/Conflict"}, "422": {"$ref": "#/components/responses/Invalid"}, "413": {"$ref": "#/components/responses/TooLarge"}, "415": {"$ref": "#/components/responses/MediaType"}},
              "parameters": [{"$ref": "#/components/parameters/Case"}, {"$ref": "#/components/parameters/IdempotencyKey"}],
              "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object", "additionalProperties": false, "required": ["token", "report"], "properties": {"token": {"type": "string", "pattern": "^[A-Za-z0-9_-]{43}$"}, "report": {"type": "string", "minLength": 1, "maxLength": 8388608}}}}}}
            }
          },
          "/api/v1/stops/{source}": {
            "get": {
              "operationId": "getStop",
              "summary": "The stop of one source.",
              "description": "Role: `read`.",
              "security": [{"operator": []}],
              "responses": {"200": {"description": "The stop of one source.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Stop"}}}}, "400": {"$ref": "#/components/responses/Malformed"}, "401": {"$ref": "#/components/responses/Unauthenticated"}, "403": {"$ref": "#/components/responses/Forbidden"}, "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"}, "404": {"$ref": "#/components/responses/NotFound"}},
              "parameters": [{"name": "source", "in": "path", "required": true, "schema": {"type": "string", "minLength": 1, "maxLength": 400}, "description": "Percent-encoded: `account:acme%2Fjoe`."}]
            }
          },
          "/api/v1/cases/{case}/links": {
            "get": {
              "operationId": "listLinks",
              "summary": "The case's links, good and ended ones.",
              "description": "Role: `read`.",
              "security": [{"operator": []}],
              "responses": {"200": {"description": "The case's links, good and ended ones.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/LinkPage"}}}}, "400": {"$ref": "#/components/responses/Malformed"}, "401": {"$ref": "#/components/responses/Unauthenticated"}, "403": {"$ref": "#/components/responses/Forbidden"}, "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"}, "404": {"$ref": "#/components/responses/NotFound"}},
              "parameters": [{"$ref": "#/components/parameters/Case"}]
            },
            "post": {
              "operationId": "makeLink",
              "summary": "Makes a link for the customer. The address is shown once.",
              "description": "Role: `act`.",
              "security": [{"operator": []}],
              "responses": {"201": {"description": "Makes a link for the customer. The address is shown once.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/NewLink"}}}}, "400": {"$ref": "#/components/responses/Malformed"}, "401": {"$ref": "#/components/responses/Unauthenticated"}, "403": {"$ref": "#/components/responses/Forbidden"}, "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"}, "404": {"$ref": "#/components/responses/NotFound"}, "409": {"$ref": "#/components/responses/Conflict"}, "422": {"$ref": "#/components/responses/Invalid"}, "413": {"$ref": "#/components/responses/TooLarge"}, "415": {"$ref": "#/components/responses/MediaType"}},
              "parameters": [{"$ref": "#/components/parameters/Case"}, {"$ref": "#/components/parameters/IdempotencyKey"}],
              "requestBody": {"required": false, "content": {"application/json": {"schema": {"type": "object", "additionalProperties": false, "required": [], "properties": {"days": {"type": "integer", "minimum": 1, "maximum": 90, "default": 30}, "seconds": {"type": "integer", "minimum": 60, "maximum": 7776000, "description": "Instead of days."}}}}}}
            },
            "delete": {
              "operationId": "revokeLinks",
              "summary": "Ends all links of the case.",
              "description": "Role: `act`.",
              "security": [{"operator": []}],
              "responses": {"200": {"description": "Ends all links of the case.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Revoked"}}}}, "400": {"$ref": "#/components/responses/Malformed"}, "401": {"$ref": "#/components/responses/Unauthenticated"}, "403": {"$ref": "#/components/responses/Forbidden"}, "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"}, "404": {"$ref": "#/components/responses/NotFound"}, "409": {"$ref": "#/components/responses/Conflict"}, "422": {"$ref": "#/components/responses/Invalid"}},
              "parameters": [{"$ref": "#/components/parameters/Case"}, {"$ref": "#/components/parameters/IdempotencyKey"}]
            }
          },
          "/api/v1/cases/{case}/links/{link}": {
            "delete": {
              "operationId": "revokeLink",
              "summary": "Ends one link.",
              "description": "Role: `act`.",
              "security": [{"operator": []}],
              "responses": {"200": {"description": "Ends one link.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Revoked"}}}}, "400": {"$ref": "#/components/responses/Malformed"}, "401": {"$ref": "#/components/responses/Unauthenticated"}, "403": {"$ref": "#/components/responses/Forbidden"}, "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"}, "404": {"$ref": "#/components/responses/NotFound"}, "409": {"$ref": "#/components/responses/Conflict"}, "422": {"$ref": "#/components/responses/Invalid"}},
              "parameters": [{"$ref": "#/components/parameters/Case"}, {"name": "link", "in": "path", "required": true, "schema": {"type": "string", "pattern": "^[0-9]{1,18}$"}}, {"$ref": "#/components/parameters/IdempotencyKey"}]
            }
          },
          "/api/v1/stops": {
            "get": {
              "operationId": "listStops",
              "summary": "Stops in force, by their sources' names.",
              "description": "Role: `read`.",
              "security": [{"operator": []}],
              "responses": {"200": {"description": "Stops in force, by their sources' names.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/StopPage"}}}}, "400": {"$ref": "#/components/responses/Malformed"}, "401": {"$ref": "#/components/responses/Unauthenticated"}, "403": {"$ref": "#/components/responses/Forbidden"}, "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"}},
              "parameters": [{"name": "after", "in": "query", "required": false, "schema": {"type": "string", "pattern": "^(campaign:[a-z0-9]{1,64}/[0-9a-hjkmnp-tv-z]{13}|account:[a-z0-9]{1,64}/[ -~]{1,200}|customer:[a-z0-9]{1,64})$"}, "description": "The page after this source."}, {"$ref": "#/components/parameters/Limit"}]
            },
            "post": {
              "operationId": "addStop",
              "summary": "Stops a source.",
              "description": "Role: `act`.",
              "security": [{"operator": []}],
              "responses": {"201": {"description": "Stops a source.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/StopOutcome"}}}}, "400": {"$ref": "#/components/responses/Malformed"}, "401": {"$ref": "#/components/responses/Unauthenticated"}, "403": {"$ref": "#/components/responses/Forbidden"}, "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"}, "409": {"$ref": "#/components/responses/Conflict"}, "422": {"$ref": "#/components/responses/Invalid"}, "413": {"$ref": "#/components/responses/TooLarge"}, "415": {"$ref": "#/components/responses/MediaType"}},
              "parameters": [{"$ref": "#/components/parameters/IdempotencyKey"}],
              "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object", "additionalProperties": false, "required": ["source", "reason"], "properties": {"source": {"type": "string", "minLength": 1, "maxLength": 400, "pattern": "^(account|server|campaign|customer):.+", "description": "`account:CUSTOMER/NAME`, `server:CUSTOMER/ADDRESS`, `campaign:CUSTOMER/ID` or `customer:CUSTOMER`."}, "reason": {"type": "string", "minLength": 1, "maxLength": 300}, "hours": {"type": "integer", "minimum": 0, "maximum": 8760, "default": 0, "description": "0: until it is lifted."}, "seconds": {"type": "integer", "minimum": 1, "maximum": 31536000, "description": "Instead of hours."}, "certainty": {"type": "string", "enum": ["doubt", "confirmed"], "default": "confirmed"}}}}}}
            }
          },
          "/api/v1/stops/lift": {
            "post": {
              "operationId": "liftStop",
              "summary": "Lifts the stop of exactly that source.",
              "description": "Role: `act`.",
              "security": [{"operator": []}],
              "responses": {"200": {"description": "Lifts the stop of exactly that source.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/StopOutcome"}}}}, "400": {"$ref": "#/components/responses/Malformed"}, "401": {"$ref": "#/components/responses/Unauthenticated"}, "403": {"$ref": "#/components/responses/Forbidden"}, "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"}, "404": {"$ref": "#/components/responses/NotFound"}, "409": {"$ref": "#/components/responses/Conflict"}, "422": {"$ref": "#/components/responses/Invalid"}, "413": {"$ref": "#/components/responses/TooLarge"}, "415": {"$ref": "#/components/responses/MediaType"}},
              "parameters": [{"$ref": "#/components/parameters/IdempotencyKey"}],
              "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object", "additionalProperties": false, "required": ["source", "reason"], "properties": {"source": {"type": "string", "minLength": 1, "maxLength": 400, "pattern": "^(account|server|campaign|customer):.+", "description": "`account:CUSTOMER/NAME`, `server:CUSTOMER/ADDRESS`, `campaign:CUSTOMER/ID` or `customer:CUSTOMER`."}, "reason": {"type": "string", "minLength": 1, "maxLength": 300}}}}}}
            }
          },
          "/api/v1/held": {
            "get": {
              "operationId": "listHeld",
              "summary": "Held messages in the order of their arrival.",
              "description": "Role: `read`.",
              "security": [{"operator": []}],
              "responses": {"200": {"description": "Held messages in the order of their arrival.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/HeldPage"}}}}, "400": {"$ref": "#/components/responses/Malformed"}, "401": {"$ref": "#/components/responses/Unauthenticated"}, "403": {"$ref": "#/components/responses/Forbidden"}, "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"}},
              "parameters": [{"name": "customer", "in": "query", "required": false, "schema": {"type": "string", "pattern": "^[a-z0-9][a-z0-9._-]{0,63}$"}, "description": "Of one customer."}, {"name": "account", "in": "query", "required": false, "schema": {"type": "string", "pattern": "^[ -~]{1,200}$"}, "description": "Of one account; needs its customer."}, {"name": "campaign", "in": "query", "required": false, "schema": {"type": "string", "pattern": "^[0-9a-f][0-9a-hjkmnp-tv-z]{12}$"}, "description": "Of one campaign."}, {"name": "case", "in": "query", "required": false, "schema": {"type": "string", "pattern": "^case-[1-9][0-9]{0,17}$"}, "description": "Of one case."}, {"name": "after", "in": "query", "required": false, "schema": {"type": "string", "pattern": "^[0-7][0-9a-hjkmnp-tv-z]{12}$"}, "description": "The page after this message."}, {"$ref": "#/components/parameters/Limit"}]
            }
          },
          "/api/v1/held/{message}": {
            "get": {
              "operationId": "getMessage",
              "summary": "One message of the spool, with its beginning.",
              "description": "Role: `read`.",
              "security": [{"operator": []}],
              "responses": {"200": {"description": "One message of the spool, with its beginning.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Message"}}}}, "400": {"$ref": "#/components/responses/Malformed"}, "401": {"$ref": "#/components/responses/Unauthenticated"}, "403": {"$ref": "#/components/responses/Forbidden"}, "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"}, "404": {"$ref": "#/components/responses/NotFound"}},
              "parameters": [{"name": "message", "in": "path", "required": true, "schema": {"type": "string", "pattern": "^[0-9a-z]{13}$"}}]
            }
          },
          "/api/v1/held/release": {
            "post": {
              "operationId": "releaseHeld",
              "summary": "Releases held messages into the queue, through the risky pool.",
              "description": "Role: `act`.",
              "security": [{"operator": []}],
              "responses": {"200": {"description": "Releases held messages into the queue, through the risky pool.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/HeldOutcome"}}}}, "400": {"$ref": "#/components/responses/Malformed"}, "401": {"$ref": "#/components/responses/Unauthenticated"}, "403": {"$ref": "#/components/responses/Forbidden"}, "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"}, "409": {"$ref": "#/components/responses/Conflict"}, "422": {"$ref": "#/components/responses/Invalid"}, "413": {"$ref": "#/components/responses/TooLarge"}, "415": {"$ref": "#/components/responses/MediaType"}},
              "parameters": [{"$ref": "#/components/parameters/IdempotencyKey"}],
              "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object", "additionalProperties": false, "properties": {"ids": {"type": "array", "items": {"type": "string", "minLength": 13, "maxLength": 13}, "minItems": 1, "maxItems": 1000}, "select": {"type": "object", "additionalProperties": false, "description": "All that is held of it, instead of ids.", "properties": {"customer": {"type": "string", "maxLength": 300}, "account": {"type": "string", "maxLength": 300}, "campaign": {"type": "string", "maxLength": 300}, "case": {"type": "string", "maxLength": 300}, "everything": {"type": "boolean", "description": "True, and nothing else: all that is held."}}}, "learn": {"type": "boolean", "default": true, "description": "That they were good is learnt."}}}}}}
            }
          },
          "/api/v1/held/delete": {
            "post": {
              "operationId": "deleteHeld",
              "summary": "Deletes held messages, for good.",
              "description": "Role: `act`.",
              "security": [{"operator": []}],
              "responses": {"200": {"description": "Deletes held messages, for good.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/HeldOutcome"}}}}, "400": {"$ref": "#/components/responses/Malformed"}, "401": {"$ref": "#/components/responses/Unauthenticated"}, "403": {"$ref": "#/components/responses/Forbidden"}, "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"}, "409": {"$ref": "#/components/responses/Conflict"}, "422": {"$ref": "#/components/responses/Invalid"}, "413": {"$ref": "#/components/responses/TooLarge"}, "415": {"$ref": "#/components/responses/MediaType"}},
              "parameters": [{"$ref": "#/components/parameters/IdempotencyKey"}],
              "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object", "additionalProperties": false, "properties": {"ids": {"type": "array", "items": {"type": "string", "minLength": 13, "maxLength": 13}, "minItems": 1, "maxItems": 1000}, "select": {"type": "object", "additionalProperties": false, "description": "All that is held of it, instead of ids.", "properties": {"customer": {"type": "string", "maxLength": 300}, "account": {"type": "string", "maxLength": 300}, "campaign": {"type": "string", "maxLength": 300}, "case": {"type": "string", "maxLength": 300}, "everything": {"type": "boolean", "description": "True, and nothing else: all that is held."}}}, "spam": {"type": "boolean", "default": false, "description": "That they were spam is learnt, and counts against their sender."}}}}}}
            }
          },
          "/api/v1/spool": {
            "get": {
              "operationId": "getSpool",
              "summary": "How much is queued and held; at most 15 s old.",
              "description": "Role: `read`.",
              "security": [{"operator": []}],
              "responses": {"200": {"description": "How much is queued and held; at most 15 s old.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Spool"}}}}, "400": {"$ref": "#/components/responses/Malformed"}, "401": {"$ref": "#/components/responses/Unauthenticated"}, "403": {"$ref": "#/components/responses/Forbidden"}, "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"}}
            }
          },
          "/api/v1/audit": {
            "get": {
              "operationId": "listAudit",
              "summary": "The audit log, latest first.",
              "description": "Role: `read`.",
              "security": [{"operator": []}],
              "responses": {"200": {"description": "The audit log, latest first.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/AuditEntryPage"}}}}, "400": {"$ref": "#/components/responses/Malformed"}, "401": {"$ref": "#/components/responses/Unauthenticated"}, "403": {"$ref": "#/components/responses/Forbidden"}, "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"}},
              "parameters": [{"name": "after", "in": "query", "required": false, "schema": {"type": "integer", "minimum": 1}, "description": "Entries before this one."}, {"$ref": "#/components/parameters/Limit"}]
            }
          },
          "/api/v1/audit/verify": {
            "post": {
              "operationId": "verifyAudit",
              "summary": "Follows the audit log's whole chain.",
              "description": "Role: `admin`.",
              "security": [{"operator": []}],
              "responses": {"200": {"description": "Follows the audit log's whole chain.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Chain"}}}}, "400": {"$ref": "#/components/responses/Malformed"}, "401": {"$ref": "#/components/responses/Unauthenticated"}, "403": {"$ref": "#/components/responses/Forbidden"}, "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"}, "409": {"$ref": "#/components/responses/Conflict"}, "422": {"$ref": "#/components/responses/Invalid"}, "413": {"$ref": "#/components/responses/TooLarge"}, "415": {"$ref": "#/components/responses/MediaType"}},
              "parameters": [{"$ref": "#/components/parameters/IdempotencyKey"}],
              "requestBody": {"required": false, "content": {"application/json": {"schema": {"type": "object", "additionalProperties": false, "required": [], "properties": {}}}}}
            }
          },
          "/api/v1/customers": {
            "get": {
              "operationId": "listCustomers",
              "summary": "Customers, as they are configured.",
              "description": "Role: `read`.",
              "security": [{"operator": []}],
              "responses": {"200": {"description": "Customers, as they are configured.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/CustomerPage"}}}}, "400": {"$ref": "#/components/responses/Malformed"}, "401": {"$ref": "#/components/responses/Unauthenticated"}, "403": {"$ref": "#/components/responses/Forbidden"}, "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"}},
              "parameters": [{"name": "after", "in": "query", "required": false, "schema": {"type": "string", "pattern": "^[a-z0-9][a-z0-9._-]{0,63}$"}, "description": "The page after this customer."}, {"$ref": "#/components/parameters/Limit"}]
            }
          },
          "/api/v1/events": {
            "get": {
              "operationId": "events",
              "summary": "Each entry of the audit log as it is written, as Server-Sent Events; `Last-Event-ID` goes on where it was.",
              "description": "Role: `read`.",
              "security": [{"operator": []}],
              "responses": {"200": {"description": "Each entry of the audit log as it is written, as Server-Sent Events; `Last-Event-ID` goes on where it was.", "content": {"text/event-stream": {"schema": {"type": "string"}}}}, "400": {"$ref": "#/components/responses/Malformed"}, "401": {"$ref": "#/components/responses/Unauthenticated"}, "403": {"$ref": "#/components/responses/Forbidden"}, "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"}},
              "parameters": [{"name": "after", "in": "query", "required": false, "schema": {"type": "integer", "minimum": 0}, "description": "Entries after this one; left out: from now on."}]
            },
            "post": {
              "operationId": "reportEvents",
              "summary": "Takes what a customer's own server saw: logins, and how deliveries of its accounts ended.",
              "description": "Role: `act`. Each event has a time (RFC 3339) and is a `login` (account, address, success) or an `outcome` (account, outcome, receiver). Others, incomplete ones, and such of more than a day ago or of the future are left out and counted.",
              "security": [{"operator": []}],
              "responses": {"200": {"description": "How many events count.", "content": {"application/json": {"schema": {"type": "object", "additionalProperties": false, "required": ["taken", "ignored"], "properties": {"taken": {"type": "integer", "minimum": 0}, "ignored": {"type": "integer", "minimum": 0}}}}}}, "400": {"$ref": "#/components/responses/Malformed"}, "401": {"$ref": "#/components/responses/Unauthenticated"}, "403": {"$ref": "#/components/responses/Forbidden"}, "409": {"$ref": "#/components/responses/Conflict"}, "413": {"$ref": "#/components/responses/TooLarge"}, "415": {"$ref": "#/components/responses/MediaType"}, "422": {"$ref": "#/components/responses/Invalid"}, "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"}},
              "parameters": [{"$ref": "#/components/parameters/IdempotencyKey"}],
              "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object", "required": ["customer", "events"], "properties": {"customer": {"type": "string", "minLength": 1, "maxLength": 64}, "server": {"type": "string", "maxLength": 45, "description": "The server's address."}, "events": {"type": "array", "minItems": 1, "maxItems": 1000, "items": {"type": "object", "required": ["time", "event"], "properties": {"time": {"type": "string"}, "event": {"type": "string"}, "account": {"type": "string"}, "address": {"type": "string"}, "success": {"type": "boolean"}, "outcome": {"type": "string", "enum": ["delivered", "unknown-recipient", "policy-refusal", "other-failure", "deferred"]}, "receiver": {"type": "string"}}}}}}}}}
            }
          },
          "/cases/{case}/{token}/reports": {
            "post": {
              "operationId": "sendReport",
              "summary": "The customer's side: takes a report signed with the case's token.",
              "security": [],
              "parameters": [{"$ref": "#/components/parameters/Case"}, {"name": "token", "in": "path", "required": true, "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{43}$"}}],
              "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object", "required": ["report", "signature"], "properties": {"report": {"type": "object"}, "signature": {"type": "object"}}}}}},
              "responses": {"200": {"description": "What was found.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Outcome"}}}}, "400": {"$ref": "#/components/responses/Malformed"}, "403": {"$ref": "#/components/responses/Forbidden"}, "404": {"$ref": "#/components/responses/NotFound"}, "409": {"$ref": "#/components/responses/Conflict"}, "413": {"$ref": "#/components/responses/TooLarge"}, "415": {"$ref": "#/components/responses/MediaType"}, "422": {"$ref": "#/components/responses/Invalid"}, "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"}}
            }
          }
        """#
}
